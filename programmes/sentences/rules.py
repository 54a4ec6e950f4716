"""The choices of the schedule form as a rule (RFC 5545), and a rule as these choices."""

from ..recurrence import WEEKDAYS, Rule

FREQUENCIES = ("weekly", "monthly", "dates", "daily", "once", "arrangement")
"""weekly: on weekdays; monthly: on numbered weekdays; dates: on days of the month; once: on the first day only."""


def rule_of(frequency, interval=1, weekdays=(), ordinals=(), days=(), months=(), count=None):
    """The text of the rule. `weekdays` 0–6, `ordinals` such as 1 or -1 (last), `days` of the month, -1 the last."""
    if frequency == "arrangement":
        return ""
    if frequency == "once":
        return "FREQ=DAILY;COUNT=1"
    parts = {"FREQ": {"weekly": "WEEKLY", "daily": "DAILY"}.get(frequency, "MONTHLY")}
    if interval > 1:
        parts["INTERVAL"] = str(interval)
    names = [WEEKDAYS[day] for day in sorted(set(weekdays))]
    if frequency == "weekly" and names:
        parts["BYDAY"] = ",".join(names)
    if frequency == "monthly":
        parts["BYDAY"] = ",".join(f"{ordinal}{name}" for ordinal in ordinals for name in names)
    if frequency == "dates":
        parts["BYMONTHDAY"] = ",".join(map(str, sorted(set(days))))
    if months:
        parts["BYMONTH"] = ",".join(map(str, sorted(set(months))))
    if count:
        parts["COUNT"] = str(count)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def spelled(text):
    """{frequency, interval, weekdays, ordinals, days, months, count} of a rule; None when the form cannot say it."""
    if not text:
        return _choices("arrangement")
    rule = Rule.parse(text)
    if rule.count == 1:
        return _choices("once")
    if rule.freq == "YEARLY" and (rule.bymonthday or rule.byday) and rule.bymonth and rule.interval == 1:
        rule = Rule("MONTHLY", 1, rule.byday, rule.bymonthday, rule.bymonth, rule.count, rule.until, rule.wkst)
    found = _frequency(rule)
    if found is None or rule.until or (rule.wkst and rule.interval > 1):
        return None
    weekdays = sorted({weekday for _ordinal, weekday in rule.byday})
    ordinals = sorted({ordinal for ordinal, _weekday in rule.byday if ordinal}, key=lambda n: (n < 0, abs(n)))
    if found == "monthly" and len(weekdays) * len(ordinals) != len(rule.byday):
        return None  # the first Monday and the third Friday
    return _choices(found, rule.interval, weekdays, ordinals, rule.bymonthday, rule.bymonth, rule.count)


def _frequency(rule):
    numbered = [ordinal for ordinal, _weekday in rule.byday if ordinal]
    if rule.freq == "WEEKLY":
        return "weekly"
    if rule.freq == "DAILY" and not rule.byday and not rule.bymonthday:
        return "daily"
    if rule.freq != "MONTHLY" or (rule.byday and rule.bymonthday):
        return None
    if rule.bymonthday:
        return "dates"
    return "monthly" if numbered and len(numbered) == len(rule.byday) else None


def _choices(frequency, interval=1, weekdays=(), ordinals=(), days=(), months=(), count=None):
    return {
        "frequency": frequency,
        "interval": interval,
        "weekdays": list(weekdays),
        "ordinals": list(ordinals),
        "days": list(days),
        "months": list(months),
        "count": count,
    }
