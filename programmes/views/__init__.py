from .catalogue import catalogue
from .my_list import list_add, list_calendar, list_remove, my_list
from .open_data import programmes_csv, programmes_json
from .programme import programme, programme_calendar
from .review import (
    review,
    review_cancel,
    review_programme,
    review_publish,
    review_return,
    review_revert,
    review_seen,
)
from .slip import slip

__all__ = [
    "catalogue",
    "list_add",
    "list_calendar",
    "list_remove",
    "my_list",
    "programme",
    "programme_calendar",
    "programmes_csv",
    "programmes_json",
    "review",
    "review_cancel",
    "review_programme",
    "review_publish",
    "review_return",
    "review_revert",
    "review_seen",
    "slip",
]
