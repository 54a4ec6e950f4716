"""Change: the feed of everything public that changed, written by triggers in the transaction that changed it.

Writers never wait for each other: each transaction adds rows of its own, marked with its number.
`portal.changes` reads them.
"""

from datetime import timedelta

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

KEPT = timedelta(days=7)
MOST = 1000  # numbers of one statement; beyond them it is cheaper to read all of the kind again


class TransactionField(models.Field):
    """PostgreSQL's xid8: the number of a transaction, which unlike xid never starts again."""

    def db_type(self, connection):
        return "xid8"


class ChangeQuerySet(models.QuerySet):
    def prune(self):
        """Forgets what no process can still want to know: it asks anew after six days. → how many rows."""
        return self.filter(changed_at__lt=timezone.now() - KEPT).delete()[0]


class Change(models.Model):
    """Something public changed: programme 12, or with no number, anything of its kind."""

    xact = TransactionField(db_default=models.Func(function="pg_current_xact_id"), editable=False)
    kind = models.CharField(max_length=20)
    number = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["xact"], name="change_by_transaction")]

    def __str__(self):
        return f"{self.kind} {self.number or '*'}"


_ROWS = {
    pgtrigger.Insert: "new_rows n CROSS JOIN LATERAL (VALUES ({new})) touched (kind, number)",
    pgtrigger.Delete: "old_rows o CROSS JOIN LATERAL (VALUES ({old})) touched (kind, number)",
    pgtrigger.Update: (
        "old_rows o FULL JOIN new_rows n ON n.id = o.id"
        " CROSS JOIN LATERAL (VALUES ({old}), ({new})) touched (kind, number) WHERE o.* IS DISTINCT FROM n.*"
    ),
    pgtrigger.Truncate: "(VALUES ({kind}, NULL::bigint)) touched (kind, number)",
}
_REFERENCING = {
    pgtrigger.Insert: pgtrigger.Referencing(new="new_rows"),
    pgtrigger.Delete: pgtrigger.Referencing(old="old_rows"),
    pgtrigger.Update: pgtrigger.Referencing(old="old_rows", new="new_rows"),
    pgtrigger.Truncate: None,
}


def feed(model, kind, number, kind_sql=""):
    """Every statement that changes rows of `model` writes to the feed, bulk and plain SQL included.

    `number` is SQL for the number to write, "{row}" standing for the changed row; where it gives NULL, all
    of the kind is meant. `kind_sql`, where given, is SQL for the kind of a row.
    """
    fixed = f"'{kind}'"
    for operation, rows in _ROWS.items():
        old, new = (f"{kind_sql or fixed}, {number}".format(row=alias) for alias in "on")
        trigger = pgtrigger.Trigger(
            name=f"feed_{str(operation).lower()}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=_REFERENCING[operation],
            func=_function(rows.format(old=old, new=new, kind=fixed)),
        )
        pgtrigger.register(trigger)(model)


def _function(rows):
    """Distinct numbers by kind; where a kind has too many of them, one row without."""
    # The rows and all that stands in them come from the calls of feed(), never from a request.
    return (
        f"WITH news AS (SELECT DISTINCT touched.kind, touched.number FROM {rows})"  # noqa: S608
        " INSERT INTO portal_change (kind, number)"
        f" SELECT kind, number FROM news WHERE (SELECT count(*) FROM news) <= {MOST}"
        f" UNION ALL SELECT DISTINCT kind, NULL::bigint FROM news WHERE (SELECT count(*) FROM news) > {MOST};"
        " RETURN NULL;"
    )
