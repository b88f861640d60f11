"""What corrections would change in a locked cycle: looked for at once where it is small, else by a
worker; the result is kept for some hours and says when it was found."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from branches.models import Member

from ..models import Cycle
from .changes import find_changes

KEPT_SECONDS = 24 * 60 * 60
GIVEN_UP_SECONDS = 15 * 60  # a search that no worker finished may be started again
MOST_ADDED = 50


@dataclass(frozen=True)
class Search:
    """changed  {appraisal's pk: [{"fact", "before", "after"}]}; added [(member, branch, level)]"""

    begun_at: datetime
    done_at: datetime | None
    changed: dict
    added: list

    @property
    def is_done(self):
        return self.done_at is not None

    def has_stalled(self, *, at):
        return not self.is_done and (at - self.begun_at).total_seconds() > GIVEN_UP_SECONDS


def read(cycle):
    """The newest Search of the cycle; None when there is none, or it is forgotten by now."""
    kept = cache.get(_key(cycle))
    return Search(**kept) if kept else None


def claim(cycle, *, at):
    """Whether somebody is to look now: nobody does already, or whoever did was lost."""
    running = read(cycle)
    if running and not running.is_done and not running.has_stalled(at=at):
        return False
    _keep(cycle, begun_at=at, done_at=None, changed={}, added=[])
    return True


def look(cycle_id, *, begun_at):
    """Find the changes and keep them."""
    cycle = Cycle.objects.select_related("organization", "scheme").get(pk=cycle_id)
    changed, added = find_changes(cycle)
    _keep(cycle, begun_at=begun_at, done_at=timezone.now(), changed=changed, added=added)


def _key(cycle):
    return f"changes-since-lock-{cycle.pk}-{cycle.locked_at.timestamp()}"


def _keep(cycle, **values):
    cache.set(_key(cycle), values, KEPT_SECONDS)


def changed_rows(search, appraisals):
    """Those of the appraisals (a queryset) that would stand otherwise, by branch and name."""
    rows = appraisals.filter(pk__in=list(search.changed))
    rows = rows.select_related("member", "decision", "cycle_branch__branch")
    return rows.order_by("cycle_branch__branch__code", "member__sort_key", "member__code")


def with_changes(page, search):
    """Set on each appraisal of a page what would change: `changes`, and the level that would be
    suggested, `would_be`, where it is another one."""
    for row in page:
        row.changes = search.changed[row.pk]
        row.would_be = next(
            (each["after"] for each in row.changes if each["fact"] == "suggested_level"), ""
        )
    return page


def added_members(search, *, user, on):
    """Members whom the cycle does not know and who would be rated today, the first of them."""
    ids = [member for member, _branch, _level in search.added]
    visible = Member.objects.visible_to(user, on=on).filter(pk__in=ids)
    return list(visible.order_by("sort_key", "code")[:MOST_ADDED])
