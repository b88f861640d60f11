"""How many visits an assignment asks for up to a day, of plain values.

In each calendar month, quarter or year the number due is taken in proportion to the days on which
the assignment was valid, rounded half up: docs/rating-rules.md, 4.2. The rating asks for no more
than there were meetings; that is left to it.
"""

from calendar import monthrange
from datetime import date

from branches.periods import ONE_DAY, first_day, last_day

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


def visits_asked(validity, *, visits, each, year, until):
    """The visits due in `year` up to the day `until`, both included.

    validity  the days of the assignment, a period with a first day
    visits    visits due in each month, quarter or year: `each` is the key of VisitsPeriod
    """
    last = min(filter(None, [last_day(validity), until, date(year, 12, 31)]))
    first = max(first_day(validity), date(year, 1, 1))
    months = MONTHS_IN[each]
    return sum(
        _share(visits, *_bounds(year, month, months), first=first, last=last)
        for month in range(1, 13, months)
    )


def _bounds(year, month, months):
    end = month + months - 1
    return date(year, month, 1), date(year, end, monthrange(year, end)[1])


def _share(visits, begins, ends, *, first, last):
    length = (ends - begins + ONE_DAY).days
    on_duty = max((min(ends, last) - max(begins, first) + ONE_DAY).days, 0)
    return (2 * visits * on_duty + length) // (2 * length)
