"""Many tables at once, for databases that have none of them yet."""

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.special import SeparateDatabaseAndState
from pgtrigger.migrations import AddTrigger


class Together(SeparateDatabaseAndState):
    """The operations of a squashed migration, for which the models are rendered once instead of after each.

    Django renders anew all that is related to a model as soon as another is added. With a history for each table
    that grows with the square of their number, and takes minutes. Here a table is made in its final form at once: what
    adds fields, indexes and constraints to it only tells the state.
    """

    def __init__(self, operations):
        super().__init__(database_operations=operations, state_operations=operations)

    def deconstruct(self):
        return self.__class__.__name__, [], {"operations": self.state_operations}

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.database_operations:
            if isinstance(operation, (CreateModel, AddTrigger)):
                operation.database_forwards(app_label, schema_editor, to_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.database_operations):
            if isinstance(operation, CreateModel):
                operation.database_backwards(app_label, schema_editor, from_state, to_state)
