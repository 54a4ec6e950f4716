from .catalogue import catalogue
from .editing import programme_add, programme_copy, programme_edit, programme_preview
from .following import followed, programme_follow
from .held import language_ask, language_hold, language_publish
from .imports import (
    export_file,
    export_table,
    import_confirm,
    import_discard,
    import_preview,
    import_read_again,
    import_table,
    import_template,
)
from .mine import mine
from .moving import confirm_link, programme_confirm, programme_move, programme_on_behalf
from .my_list import list_add, list_calendar, list_remove, my_list
from .open_data import programmes_calendar, programmes_csv, programmes_json
from .photos import programme_photo, programme_photo_remove
from .poster import poster
from .printed import printed
from .programme import programme, programme_calendar
from .reports import report, report_answer, report_followed, reports, unmet
from .review import (
    review,
    review_cancel,
    review_programme,
    review_publish,
    review_return,
    review_revert,
    review_seen,
)
from .schedules import (
    schedule_add,
    schedule_edit,
    schedule_end,
    schedule_preview,
    schedule_remove,
    schedule_restore,
)
from .self_help import (
    self_help,
    self_help_answer,
    self_help_followed,
    self_help_requests,
    self_help_start,
    self_help_write,
)
from .slip import slip

__all__ = [
    "catalogue",
    "confirm_link",
    "export_file",
    "export_table",
    "followed",
    "import_confirm",
    "import_discard",
    "import_preview",
    "import_read_again",
    "import_table",
    "import_template",
    "language_ask",
    "language_hold",
    "language_publish",
    "list_add",
    "list_calendar",
    "list_remove",
    "mine",
    "my_list",
    "poster",
    "printed",
    "programme",
    "programme_add",
    "programme_calendar",
    "programme_confirm",
    "programme_copy",
    "programme_edit",
    "programme_follow",
    "programme_move",
    "programme_on_behalf",
    "programme_photo",
    "programme_photo_remove",
    "programme_preview",
    "programmes_calendar",
    "programmes_csv",
    "programmes_json",
    "report",
    "report_answer",
    "report_followed",
    "reports",
    "review",
    "review_cancel",
    "review_programme",
    "review_publish",
    "review_return",
    "review_revert",
    "review_seen",
    "schedule_add",
    "schedule_edit",
    "schedule_end",
    "schedule_preview",
    "schedule_remove",
    "schedule_restore",
    "self_help",
    "self_help_answer",
    "self_help_followed",
    "self_help_requests",
    "self_help_start",
    "self_help_write",
    "slip",
    "unmet",
]
