"""Days as the rules use them: both ends included, an empty end is open."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`, both included; None is open."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def __iter__(self) -> Iterator[date]:
        """Each day in turn. Only for days with both ends."""
        return (self.first + timedelta(n) for n in range(len(self)))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1


def rating_period(year: int, as_of: date) -> Days:
    """Period P: 1 January of the year to the cut-off date. Source: docs/rating-rules.md, 1."""
    return Days(date(year, 1, 1), as_of)


def calendar_periods(kind: str, days: Days) -> list[Days]:
    """The whole calendar months, quarters or years that meet `days` (of one year)."""
    months = MONTHS_IN[kind]
    return [
        Days(date(days.first.year, month, 1), last_of_month(days.first.year, month + months - 1))
        for month in range(1, days.last.month + 1, months)
        if month + months > days.first.month
    ]


def last_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
