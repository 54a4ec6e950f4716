"""21. november 2026, 16.30. A date by itself stands in the nominative; in a sentence see portal.dates."""

from portal.formats import DATES, MOMENTS, TIMES

DATE_FORMAT = "j. F Y"
SHORT_DATE_FORMAT = "j. n. Y"
MONTH_DAY_FORMAT = "j. F"
YEAR_MONTH_FORMAT = "F Y"
TIME_FORMAT = "G.i"
DATETIME_FORMAT = r"j. F Y \o\b G.i"
SHORT_DATETIME_FORMAT = "j. n. Y G.i"
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS, TIME_INPUT_FORMATS, DATETIME_INPUT_FORMATS = DATES, TIMES, MOMENTS

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3
