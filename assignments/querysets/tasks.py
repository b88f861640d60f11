"""Which tasks: by what a rating counts, by who sees them and by who confirms them."""

from django.apps import apps
from django.db import models
from django.db.models import Case, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from branches.models import Membership

from ..branch_tasks.confirming import given_by_branch_of, of_who_gives
from ..choices import TaskState, TaskStepKind
from ..confirming.committee import ConfirmingCommittee, confirming_organizations


class TaskQuerySet(models.QuerySet):
    def counted(self):
        """Tasks that a rating looks at: neither drafts nor cancelled ones."""
        return self.exclude(state__in=["draft", "cancelled"])

    def registered_by(self, user):
        """Those that the user's member registered under assignments of their own."""
        return self.filter(member=user.member_id, assignment__isnull=False)

    def waiting(self):
        """Reported, so that somebody has to confirm or return them."""
        return self.filter(state=TaskState.REPORTED)

    def with_people(self):
        return self.select_related("member", "organization", "assignment")

    def with_reported_at(self):
        """Annotate reported_at, when it was last handed in; None where that is not known."""
        steps = apps.get_model("assignments", "TaskStep").objects
        reports = steps.filter(task=OuterRef("pk"), kind=TaskStepKind.REPORTED)
        last = reports.order_by().values("task").values(last=Max("at"))
        return self.annotate(reported_at=Subquery(last))

    def visible_to(self, user, *, on):
        """Tasks done in, by members of, or confirmed by the organizations answered for, and one's
        own."""
        scope = user.scope_for("see_assignments", on=on).values("pk")
        assignments = apps.get_model("assignments", "Assignment").objects
        return self.filter(
            Q(organization__in=scope)
            | Q(
                member__in=Membership.objects.valid_on(on).filter(branch__in=scope).values("member")
            )
            | Q(assignment__in=assignments.filter(confirmer__in=scope).values("pk"))
            | Q(member=user.member_id)
        )

    def with_committee(self, *, on):
        """Annotate committee, the id of the organization that confirms the task on the day: for
        work under an assignment that one's; for what a branch gave the branch itself, or the
        committee above it where who gives tasks there is to do it."""
        place = Coalesce("assignment__target", "organization")
        day = Value(on, output_field=models.DateField())
        above = ConfirmingCommittee(F("assignment__confirmer"), place, day)
        by_branch = Q(assignment=None) & ~of_who_gives(on=on)
        return self.annotate(committee=Case(When(by_branch, then="organization"), default=above))

    def confirmable_by(self, user, *, on):
        """Those that the user decides on for their committee, whatever their state; each with its
        `committee`. Never one's own."""
        own = Q(committee__in=confirming_organizations(user, on=on).values("pk"))
        decided = own | given_by_branch_of(user, on=on)
        return self.with_committee(on=on).filter(decided).exclude(member=user.member_id)
