"""Dates, times and numbers as people in the five languages write them (Django's FORMAT_MODULE_PATH).

What may be typed is the same in all five and lives here. The ISO form stands first because Django fills
fields with the first form, and a browser's own date and time fields understand no other. All five write the
day before the month, so a year of two digits leaves no doubt.
"""

DATES = [
    "%Y-%m-%d",  # 2026-11-21
    "%d. %m. %Y",  # 21. 11. 2026
    "%d.%m.%Y",  # 21.11.2026
    "%d/%m/%Y",  # 21/11/2026
    "%d-%m-%Y",  # 21-11-2026
    "%d. %m. %y",  # 21. 11. 26
    "%d.%m.%y",  # 21.11.26
    "%d/%m/%y",  # 21/11/26
]
TIMES = [
    "%H:%M",  # 16:30
    "%H.%M",  # 16.30
    "%H:%M:%S",  # 16:30:00
    "%H",  # 16
]
MOMENTS = ["%Y-%m-%dT%H:%M", *(f"{date} {time}" for date in DATES for time in TIMES)]
