"""Roles on organizations that ended: they open nothing of the successor until given anew there."""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import Grant
from accounts.services import give_grant
from branches.models import Organization
from branches.periods import last_day

from .showing import period_of


@dataclass(frozen=True)
class Offer:
    """A role that could be given anew; `may_give` says whether the reader may."""

    grant: Grant
    successor: Organization
    may_give: bool

    @property
    def key(self):
        return f"{self.grant.pk}-{self.successor.pk}"


def offers_of(reorganization, changes, *, by, today):
    """Offers for each role that is open on what ended, and that its user has at no successor."""
    successors = _successors(changes)
    named = Organization.objects.in_bulk({pk for some in successors.values() for pk in some})
    since = max(today, reorganization.on)
    grants = Grant.objects.open_on(since).filter(organization__in=list(successors)).with_people()
    held = set(
        Grant.objects.open_on(since)
        .filter(organization__in=list(named))
        .values_list("user", "role", "organization")
    )
    managed = by.scope_for("manage_users", on=today).filter(pk__in=list(named))
    managed = set(managed.values_list("pk", flat=True))
    return [
        Offer(grant, named[pk], pk in managed and grant.user_id != by.pk)
        for grant in grants.order_by("organization__code", "user__username", "role", "pk")
        for pk in successors[grant.organization_id]
        if pk in named and (grant.user_id, grant.role, pk) not in held
    ]


@transaction.atomic
def give_anew(reorganization, changes, keys, *, by, today):
    """Give the roles that were chosen (keys of Offers) at the successors, each as a grant of its
    own. Returns how many."""
    since = max(today, reorganization.on)
    chosen = [
        offer
        for offer in offers_of(reorganization, changes, by=by, today=today)
        if offer.may_give and offer.key in keys
    ]
    for offer in chosen:
        give_grant(
            offer.grant.user,
            role=offer.grant.role,
            organization=offer.successor,
            since=since,
            until=last_day(offer.grant.validity),
            reason=f"{reorganization.decision}: {reorganization.reason}"[:500],
            by=by,
            on=today,
        )
    return len(chosen)


def _successors(changes):
    """{id of an organization that ended: ids of its successors}."""
    ended = {
        change.pk
        for change in changes
        if change.table == "branches_organization"
        and change.before is not None
        and period_of(change.after["validity"]).upper
    }
    successors = {pk: [] for pk in ended}
    for change in changes:
        if change.table == "branches_succession" and change.row["organization_id"] in ended:
            successors[change.row["organization_id"]].append(change.row["successor_id"])
    return successors
