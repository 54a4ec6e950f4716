"""Many changes of tables at once, without rendering all models anew after each of them."""

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.special import SeparateDatabaseAndState
from pgtrigger.migrations import AddTrigger


class Together(SeparateDatabaseAndState):
    """The operations of one migration, for which the models are rendered once before and once after them all.

    Django renders anew all that is related to a model as soon as another is added. With a history for each table
    that grows with the square of their number, and takes minutes. Here a table is made in its final form at once: what
    adds fields, indexes and constraints to it only tells the state. A table that was there is changed step by step.
    No operation may need what another one of the same list made of a table that was there: FieldDoesNotExist.
    """

    def __init__(self, operations):
        super().__init__(database_operations=operations, state_operations=operations)

    def deconstruct(self):
        return self.__class__.__name__, [], {"operations": self.state_operations}

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self._needed():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self._needed()):
            # The triggers of a table go with it; without it they could not be told.
            if not (isinstance(operation, AddTrigger) and _model(operation) in self._made()):
                operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def _made(self):
        return {operation.name_lower for operation in self.database_operations if isinstance(operation, CreateModel)}

    def _needed(self):
        made = self._made()
        return [
            operation
            for operation in self.database_operations
            if isinstance(operation, (CreateModel, AddTrigger)) or _model(operation) not in made
        ]


def _model(operation):
    return getattr(operation, "model_name", "").lower()
