"""The fields of a schedule as one sentence: rule, times, first and last day, holidays and days off."""

from portal.dates import date_in_sentence
from portal.languages import active

from ..recurrence import in_words

_SAID = {
    "sl": ("od {}", "do {}", "ne ob praznikih", "tudi ob praznikih", "razen {}", "in", "dne {}"),
    "en": ("from {}", "until {}", "not on public holidays", "also on public holidays", "except on {}", "and", "on {}"),
    "da": ("fra {}", "til {}", "ikke på helligdage", "også på helligdage", "undtagen {}", "og", "den {}"),
    "nb": ("fra {}", "til {}", "ikke på helligdager", "også på helligdager", "unntatt {}", "og", "den {}"),
    "de": ("ab {}", "bis {}", "nicht an Feiertagen", "auch an Feiertagen", "außer am {}", "und", "am {}"),
}  # fmt: skip


def sentence(schedule, language=None):
    """ "every other Thursday, 16:30–18:00, from 3 September 2026, until 30 June 2027, not on public holidays".

    `schedule` has rule, starts_at, ends_at, valid_from, valid_to, exceptions and runs_on_holidays; a Schedule or a
    Reading that is whole.
    """
    language = language or active()
    since, until, not_holidays, holidays_too, beside, conjunction, on = _SAID[language]
    words = in_words(schedule.rule, schedule.starts_at, schedule.ends_at, language, schedule.valid_from)
    if not schedule.rule:
        return words
    is_once = schedule.rule.endswith("COUNT=1")
    parts = [words, (on if is_once else since).format(date_in_sentence(schedule.valid_from, language))]
    if schedule.valid_to and not is_once:
        parts.append(until.format(date_in_sentence(schedule.valid_to, language)))
    parts.append(holidays_too if schedule.runs_on_holidays else not_holidays)
    if schedule.exceptions:
        days = [date_in_sentence(day, language) for day in sorted(schedule.exceptions)]
        parts.append(beside.format(f" {conjunction} ".join(filter(None, [", ".join(days[:-1]), days[-1]]))))
    return ", ".join(parts)
