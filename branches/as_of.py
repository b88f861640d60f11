"""What rows said on a day: the names and kinds of organizations that are at hand already.

A page with a day (`request.acting.on`) shows what held on that day, and nothing that happened
later. Organizations come with the facts of a day either from `Organization.objects.on(day)` or,
when they hang on other rows (`assignment.target`, `meeting.branch`), from `as_of()` here. For
periods, `periods.seen_on` and the filter `period_words` leave out ends that had not happened.
"""

from .models import EarlierOrganization

FACTS = ("name", "kind", "grassroots")


def as_of(organizations, *, on):
    """Set name_on, kind_on and grassroots_on, the facts of the day `on`, on each organization.

    organizations  any iterable of Organization rows, for instance of a generator over
                   `row.target`; None is passed over, and so are the same rows again
    on             a date

    One query for all of them, none when there are none. `str(organization)` is the name of the
    day from then on. Returns the list of the organizations.
    """
    rows = [each for each in organizations if each is not None]
    earlier = _earlier({each.pk for each in rows}, on)
    for each in rows:
        facts = earlier.get(each.pk, each)
        for fact in FACTS:
            setattr(each, f"{fact}_on", getattr(facts, fact))
    return rows


def _earlier(ids, on):
    if not ids:
        return {}
    rows = EarlierOrganization.objects.filter(organization__in=ids, validity__contains=on)
    return {row.organization_id: row for row in rows}
