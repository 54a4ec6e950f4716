"""Migrations that change many tables at once do what Django does step by step."""

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState

from portal.fresh import Together

OWN = [("id", models.BigAutoField(primary_key=True))]
HOUSE = ("portal", "house")


def rooms():
    """A new table, its later field, index and constraint, and a field of a table that was there."""
    return [
        migrations.CreateModel("Room", [*OWN, ("number", models.IntegerField())]),
        migrations.AddField("room", "house", models.ForeignKey("portal.House", models.CASCADE)),
        migrations.AddIndex("room", models.Index(fields=["number"], name="room_number")),
        migrations.AddConstraint("room", models.UniqueConstraint(fields=["house", "number"], name="room_once")),
        migrations.AddField("house", "kitchen", models.ForeignKey("portal.Room", models.SET_NULL, null=True)),
    ]


def with_houses():
    state = ProjectState()
    state.add_model(ModelState("portal", "House", OWN))
    with connection.schema_editor() as editor:
        editor.create_model(state.apps.get_model(*HOUSE))
    return state


def after(state, operation):
    new = state.clone()
    operation.state_forwards("portal", new)
    return new


def tables():
    """{(table, column)} of houses and rooms, and the names of their constraints and indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_name IN ('portal_house', 'portal_room')"
        )
        columns = set(cursor.fetchall())
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'portal_room'")
        return columns, {name for (name,) in cursor}


@pytest.mark.django_db(transaction=True)
def test_tables_are_made_and_changed_and_go_again():
    before, together = with_houses(), Together(rooms())
    bare = tables()
    state = after(before, together)
    try:
        with connection.schema_editor() as editor:
            together.database_forwards("portal", editor, before, state)
        columns, indexes = tables()
        assert columns - bare[0] == {
            ("portal_room", "id"),
            ("portal_room", "number"),
            ("portal_room", "house_id"),
            ("portal_house", "kitchen_id"),
        }
        assert {"room_number", "room_once"} <= indexes
        with connection.schema_editor() as editor:
            together.database_backwards("portal", editor, state, before)
        assert tables() == bare
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS portal_room, portal_house CASCADE")


@pytest.mark.django_db(transaction=True)
def test_a_step_that_needs_another_of_a_table_that_was_there_fails():
    before = with_houses()
    together = Together(
        [
            migrations.AddField("house", "floors", models.IntegerField(null=True)),
            migrations.AlterField("house", "floors", models.IntegerField(null=True, db_index=True)),
        ]
    )
    state = after(before, together)
    try:
        with pytest.raises(FieldDoesNotExist), connection.schema_editor() as editor:
            together.database_forwards("portal", editor, before, state)
        assert tables()[0] == {("portal_house", "id")}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS portal_house CASCADE")
