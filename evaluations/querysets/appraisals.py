"""Which appraisals: the ways of members through a cycle."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q

HALF_A_YEAR_ON = "(%(expressions)s + interval '6 months')::date"


class AppraisalQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Those in branches of which the user may see ratings on the day, and one's own."""
        scope = user.scope_for("see_ratings", on=on).values("pk")
        own = Q(member=user.member_id) if user.member_id else Q(pk=None)
        return self.filter(Q(cycle_branch__branch__in=scope) | own)

    def with_people(self):
        return self.select_related("member", "cycle", "cycle_branch__branch", "decision")

    def to_be_rated(self):
        """Those on whom somebody has to decide: as the suggestion says, and before it is taken as
        what is on record says (docs/rating-rules.md, 3). Who has no results is decided on too."""
        inactive = apps.get_model("branches", "MemberStatus").objects.filter(
            member=OuterRef("member"),
            status__in=["exempt", "suspended"],
            validity__contains=OuterRef("cycle__cut_off"),
        )
        known = Q(rated=True) | Q(not_rated_reason="no_results")
        expected = Q(rated=None) & ~Exists(inactive) & Q(half_a_year_on__lte=F("cycle__cut_off"))
        half_a_year_on = Func(
            F("member__admitted_on"),
            template=HALF_A_YEAR_ON,
            output_field=models.DateField(),
        )
        return self.alias(half_a_year_on=half_a_year_on).filter(known | expected)

    def without(self, step):
        """Those whose part in a step (a `StepKind`) is missing: nothing handed in, asked for and
        not received, not proposed, not decided on, or neither voted on nor named with the reason
        why not. Of the vote it is missing as well of whom the branch committee proposed as
        excellent, who was voted good, and who is not on the second ballot."""
        if step == "comments":
            waiting = Q(comments__received_on=None, comments__not_needed="")
            return self.filter(waiting, comments__isnull=False).distinct()
        part = PARTS.get(step)
        return self.to_be_rated().exclude(part()) if part else self.none()


def _rows(model, **conditions):
    rows = apps.get_model("evaluations", model).objects
    return Q(Exists(rows.filter(appraisal=OuterRef("pk"), **conditions)))


def _stands_unvoted():
    """Proposed as excellent, voted good, and without a second ballot where there is one."""
    proposed = _rows("Proposal", step="proposal", level="excellent")
    second = _rows("VoteCount", vote__ballot=2)
    return Q(cycle__second_ballot=True, voted_level="good") & proposed & ~second


PARTS = {
    "self_review": lambda: _rows("SelfReview", submitted_at__isnull=False),
    "proposal": lambda: _rows("Proposal", step="proposal"),
    "vote": lambda: (_rows("VoteCount") | _rows("NotVoted")) & ~_stands_unvoted(),
    "section": lambda: _rows("Proposal", step="section"),
    "decision": lambda: Q(decision__isnull=False) & ~Q(decision__level=""),
}
