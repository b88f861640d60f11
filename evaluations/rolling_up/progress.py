"""How far a roll-up is, and what it warns of."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from branches.masking import CARD_NUMBER, mask_code
from branches.models import Member
from branches.querysets import opened_to


@dataclass(frozen=True)
class Progress:
    """How far a roll-up is: units and members done of all, and shards in the hands of a worker."""

    units_done: int
    units_total: int
    members_done: int
    members_total: int
    at_work: int

    @property
    def percent(self):
        return 100 * self.units_done // self.units_total if self.units_total else 0


def progress(roll_up):
    done = Q(state="done")
    sums = roll_up.shards.aggregate(
        units_done=Sum("units", filter=done, default=0),
        units_total=Sum("units", default=0),
        members_done=Sum("members", filter=done, default=0),
        members_total=Sum("members", default=0),
        at_work=Count("pk", filter=Q(state="leased")),
    )
    return Progress(**sums)


def warning_sentences(warnings, *, user, today):
    """`RollUp.warnings` in words, with the party cards masked that the user may not see."""
    codes = {warning["member"] for warning in warnings if "member" in warning}
    members = Member.objects.filter(code__in=codes)
    opened = set(
        members.filter(opened_to(user, CARD_NUMBER, on=today)).values_list("code", flat=True)
    )
    return [
        warning_sentence(warning | {"member": mask_code(warning["member"])})
        if warning.get("member", "") not in opened | {""}
        else warning_sentence(warning)
        for warning in warnings
    ]


def warning_sentence(warning):
    """One of `RollUp.warnings` in words; of a kind not known here, its parts."""
    if warning.get("kind") == "branch_not_there":
        return (
            _(
                "%(name)s (%(member)s) belongs to %(branch_name)s (%(branch)s), which does not "
                "exist on the cut-off date, and is rated nowhere."
            )
            % warning
        )
    return ", ".join(str(value) for value in warning.values())
