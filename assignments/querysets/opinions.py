"""Which opinions: by branch, by day, and as far as a user may see them."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from branches.models import Organization

# What the steps tell of a day; the annotations are called after the columns.
TOLD_BY_STEPS = {
    "state": models.CharField(),
    "answer": models.TextField(),
    "referred_to": models.BigIntegerField(),
    "due_on": models.DateField(),
    "told_at": models.BigIntegerField(),
}
UNTOLD = Q(state_on="resolved", told_at_on=None, referred_to_on__isnull=False)


class OpinionQuerySet(models.QuerySet):
    def placed(self):
        """Annotate branch_pk and held_on: where and when each was raised."""
        return self.annotate(
            branch_pk=Coalesce(
                "meeting__branch", "visit__branch", output_field=models.BigIntegerField()
            ),
            held_on=Coalesce("meeting__held_on", "visit__held_on"),
        )

    def of_branches(self, branches):
        """Those raised in one of `branches` (a queryset of organizations)."""
        return self.placed().filter(branch_pk__in=branches.values("pk"))

    def raised_in_or_referred_to(self, organizations):
        """Those raised in one of `organizations` (a queryset), or with one of them on the day: for
        rows of `on()`."""
        ids = organizations.values("pk")
        return self.filter(Q(branch_pk__in=ids) | Q(referred_to_on__in=ids))

    def raised_by_day(self, on):
        """Those raised on the day or before."""
        return self.placed().filter(held_on__lte=on)

    def raised_in_year(self, year):
        return self.placed().filter(held_on__year=year)

    def on(self, on):
        """Annotate state_on, answer_on, referred_to_on and told_at_on (ids) and due_on_on: what
        was so on the day, as far as there are steps; else what the row says."""
        steps = apps.get_model("assignments", "OpinionStep").objects
        last = steps.filter(opinion=OuterRef("pk"), on__lte=on).order_by("-pk")
        known = Exists(last)
        return self.annotate(
            **{
                f"{name}_on": models.Case(
                    models.When(known, then=Subquery(last.values(name)[:1])),
                    default=F(name),
                    output_field=kind,
                )
                for name, kind in TOLD_BY_STEPS.items()
            }
        )

    def unsettled(self):
        """Those without an answer, and those of whose answer the branch was not told: for rows of
        `on()`."""
        return self.filter(UNTOLD | Q(state_on="referred"))

    def concerning(self, meeting):
        """Those raised or told at the meeting, and answers that could be told at it: for rows of
        `on()`."""
        return self.filter(Q(meeting=meeting) | Q(told_at_on=meeting.pk) | UNTOLD)

    def by_topic(self):
        """One row a topic, the most frequent first."""
        return self.values("topic").annotate(raised=models.Count("pk")).order_by("-raised", "topic")

    def overdue(self, *, on):
        """Those referred whose day has passed without an answer, as of the day: for rows of
        `on()`."""
        return self.filter(state_on="referred", due_on_on__lt=on)

    def untold(self):
        """Those answered by a body, of which the branch has not been told: for rows of `on()`."""
        return self.filter(UNTOLD)

    def visible_to(self, user, *, on):
        """Those raised in the organizations answered for, in one's own branch, in a branch that one
        is assigned to, or where one was on the roster; those that one took down oneself; and those
        referred to a body for which one answers."""
        scope = user.scope_for("see_members", on=on).values("pk")
        bodies = user.scope_for("answer_opinions", on=on).values("pk")
        own = user.own_branches(on=on).values("pk")
        assigned = assigned_branches(user.member_id, on=on).values("pk")
        return self.placed().filter(
            Q(branch_pk__in=scope)
            | Q(branch_pk__in=own)
            | Q(branch_pk__in=assigned)
            | Q(referred_to__in=bodies)
            | Q(visit__member=user.member_id, visit__member__isnull=False)
            | Exists(_attendance_of(user.member_id))
        )


def assigned_branches(member, *, on):
    """Organizations (a queryset) at or below what the member (an id, or None) is assigned to."""
    assignments = apps.get_model("assignments", "Assignment").objects.valid_on(on)
    targets = assignments.filter(member=member, member__isnull=False).values("target")
    return Organization.objects.below_any(targets, on=on)


def _attendance_of(member):
    return apps.get_model("branches", "Attendance").objects.filter(
        meeting=OuterRef("meeting"), member=member, member__isnull=False
    )
