"""An address word of its own for a new record, made from its name: sport, sport-2, sport-3."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from portal.search.text import fold


def save(record, name, rows=None, field="slug"):
    """Saves a new record under a word that is free among `rows` (all, without). → the record.

    Two that want the same word at the same moment get two words.
    """
    rows = type(record)._default_manager.all() if rows is None else rows
    wanted = slugify(fold(name))[:50].strip("-") or record._meta.model_name
    for _attempt in range(5):
        setattr(record, field, _free(rows, wanted, field))
        try:
            with transaction.atomic():
                record.save(force_insert=True)
                return record
        except IntegrityError as error:
            if field not in str(error):
                raise
    raise IntegrityError(f"no free {field}")


def _free(rows, wanted, field):
    taken = set(rows.filter(**{f"{field}__startswith": wanted}).values_list(field, flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(word for word in numbered if word not in taken)
