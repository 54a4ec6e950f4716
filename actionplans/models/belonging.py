"""What of a plan belongs together, held by the database: a measure, its plans and the objectives it serves.

A measure serves an objective of its home plan's strategy. It runs besides in plans of its own group only; in one of
another strategy it serves an objective of that one. Asked at the end of a transaction, as foreign keys are: until
then a home may move, or rows come in any order.
"""

import pgtrigger

_WRONG = """PERFORM 1 FROM actionplans_measure m
JOIN actionplans_actionplan home ON home.id = m.plan_id
JOIN actionplans_strategy ours ON ours.id = home.strategy_id
JOIN actionplans_objective aim ON aim.id = m.objective_id
LEFT JOIN actionplans_planmeasure also ON also.measure_id = m.id
LEFT JOIN actionplans_actionplan there ON there.id = also.plan_id
LEFT JOIN actionplans_strategy theirs ON theirs.id = there.strategy_id
LEFT JOIN actionplans_objective served ON served.id = also.objective_id
WHERE ({whose}) AND (
aim.strategy_id <> home.strategy_id
OR also.plan_id = m.plan_id
OR theirs.group_id <> ours.group_id
OR served.strategy_id <> there.strategy_id
OR (also.id IS NOT NULL AND also.objective_id IS NULL AND there.strategy_id <> home.strategy_id));
IF FOUND THEN RAISE EXCEPTION '{table} %: a measure serves objectives of the strategies of its plans, of one group',
NEW.id USING ERRCODE = 'check_violation'; END IF; RETURN NULL;"""


def belongs(model, whose, *fields, made=True):
    """Holds it for rows of `model`: when `fields` change and, where `made`, when one is made.

    `whose` is SQL that tells the measures a row is about: `m` is a measure, `also` its row in one more plan.
    """
    func = _WRONG.format(whose=whose, table=model._meta.db_table).replace("\n", " ")
    changed = pgtrigger.UpdateOf(*(f"{field}_id" for field in fields))
    operation = pgtrigger.Insert | changed if made else changed
    trigger = pgtrigger.Trigger(
        name="belongs", level=pgtrigger.Row, when=pgtrigger.After, timing=pgtrigger.Deferred, operation=operation,
        condition=None if made else pgtrigger.AnyChange(*fields), func=func,
    )  # fmt: skip
    pgtrigger.register(trigger)(model)
