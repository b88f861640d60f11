"""What rows said on a day: the names and kinds of organizations that are at hand already.

A page with a day (`request.acting.on`) shows what held on that day, and nothing that happened
later. Organizations come with the facts of a day either from `Organization.objects.on(day)` or,
when they hang on other rows (`assignment.target`, `meeting.branch`), from `as_of()` here. For
periods, `periods.seen_on` and the filter `period_words` leave out ends that had not happened.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from .models import EarlierOrganization
from .periods import covers, period


@dataclass(frozen=True)
class Seen:
    """The day on which something is looked at, for `period_words` where that is not the day of
    the page."""

    on: date
    today: date


FACTS = ("name", "kind", "grassroots")


def as_of(organizations, *, on):
    """Set name_on, kind_on and grassroots_on, the facts of the day `on`, on each organization.

    organizations  any iterable of Organization rows, for instance of a generator over
                   `row.target`; None is passed over, and so are the same rows again
    on             a date

    One query for all of them, none when there are none. `str(organization)` is the name of the
    day from then on. Returns the list of the organizations.
    """
    return each_as_of((each, on) for each in organizations)


def each_as_of(organizations):
    """Like `as_of()`, each organization as of a day of its own: pairs (organization, day).

    A row that stands there twice must be two instances to be called by two names, as those are
    that `select_related` hangs on other rows.
    """
    pairs = [(each, on) for each, on in organizations if each is not None]
    earlier = _earlier({each.pk for each, _on in pairs}, {on for _each, on in pairs})
    for each, on in pairs:
        known = (row for row in earlier[each.pk] if covers(row.validity, on))
        facts = next(known, each)
        for fact in FACTS:
            setattr(each, f"{fact}_on", getattr(facts, fact))
    return [each for each, _on in pairs]


def _earlier(ids, days):
    """{id: the earlier facts that held between the first and the last of the days}."""
    found = defaultdict(list)
    if ids:
        rows = EarlierOrganization.objects.filter(
            organization__in=ids, validity__overlap=period(min(days), max(days))
        )
        for row in rows:
            found[row.organization_id].append(row)
    return found
