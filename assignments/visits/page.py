"""What the page of one visit shows beside its three facts: what may be done, and the trail."""

from dataclasses import dataclass

from accounts import history
from accounts.models import JournalEntry
from branches.as_of import as_of
from branches.masking import sight_of

from ..models import Opinion, Visit

MOST_ENTRIES = 20


@dataclass(frozen=True)
class VisitPage:
    is_own: bool
    may_decide: bool
    opinions: list
    happenings: list


def visit_page(visit, request):
    on = request.acting.today
    as_of([visit.branch, visit.confirmer], on=on)
    confirmable = Visit.objects.confirmable_by(request.user, on=on).filter(pk=visit.pk)
    opinions = Opinion.objects.visible_to(request.user, on=on).filter(visit=visit)
    return VisitPage(
        is_own=visit.member_id == request.user.member_id,
        may_decide=confirmable.exists(),
        opinions=list(opinions.order_by("code")),
        happenings=_happenings(visit, request),
    )


def _happenings(visit, request):
    entries = JournalEntry.objects.about(Visit, visit.pk).with_people()[:MOST_ENTRIES]
    reader = history.Reader(sight_of(request), on=request.acting.today)
    return history.happenings(list(entries), {Visit._meta.db_table: {visit.pk}}, reader)
