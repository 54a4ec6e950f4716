"""21 November 2026, 16:30: British order, on the clock of 24 hours as the places themselves announce it."""

from portal.formats import DATES, MOMENTS, TIMES

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"  # 07/11 would be July to some readers
MONTH_DAY_FORMAT = "j F"
YEAR_MONTH_FORMAT = "F Y"
TIME_FORMAT = "G:i"
DATETIME_FORMAT = "j F Y, G:i"
SHORT_DATETIME_FORMAT = "j M Y, G:i"
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS = [*DATES, "%d %B %Y", "%d %b %Y"]
TIME_INPUT_FORMATS, DATETIME_INPUT_FORMATS = TIMES, MOMENTS

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
