"""Periods of validity: the days from a first to a last one, both included; an open end is None.

The database holds them as `daterange`, whose canonical form excludes the upper bound; forms,
workbooks and people speak of the last day. These functions are the one place that converts.
"""

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

ONE_DAY = timedelta(days=1)


def period(since=None, until=None):
    """The days from `since` to `until`, both included. Raises ValueError if `until` is earlier."""
    if since and until and until < since:
        raise ValueError(f"a period cannot end on {until}, before it begins on {since}")
    return DateRange(since, until + ONE_DAY if until and until < date.max else None, "[)")


def first_day(days):
    """The first day of a period from the database, or None when it has always been valid."""
    return days.lower


def last_day(days):
    """The last day of a period from the database, or None when it is open."""
    return days.upper - ONE_DAY if days.upper else None


def covers(days, on):
    """Whether the day `on` is one of the period's."""
    return (days.lower is None or days.lower <= on) and (days.upper is None or on < days.upper)


def seen_on(days, *, on, today):
    """The period as it stood on the day `on`: for a past day an end after it had not happened.

    Something that ends on its last day L is over from L + 1. Whoever asks about a past day up to
    L sees it open; today, and on days to come, planned ends are shown. A first day stays.
    """
    if on < today and days.upper and days.upper > on:
        return DateRange(days.lower, None, "[)")
    return days


def always():
    return period()


def whole_year(year):
    """1 January to 31 December of `year`."""
    return period(date(year, 1, 1), date(year, 12, 31))
