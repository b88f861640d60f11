"""The tasks that a branch gives its members: how far it is with them in a year, what it found out
about each member, and what came of each task from meeting to meeting.

The tasks themselves are `Task` rows without an assignment.
"""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint, no_overlap, not_empty, year_constraint
from branches.models import Meeting, Member, Organization
from branches.querysets import DatedQuerySet

from ..branch_tasks.steps import step_after
from ..choices import BranchTaskStep, CheckProgress
from .task import Task


class BranchTaskPlan(models.Model):
    """How far a branch is with the tasks of a year. A step is done when it has its day; what comes
    next follows from the days, and stands in no column."""

    branch = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="task_plans",
        verbose_name=_("branch"),
        db_index=False,  # the unique constraint begins with it
    )
    year = models.PositiveSmallIntegerField(_("year"))
    begun_on = models.DateField(_("begun on"))
    reviewed_on = models.DateField(_("members reviewed on"), null=True, blank=True)
    drafted_on = models.DateField(_("tasks drafted on"), null=True, blank=True)
    discussed_at = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="task_plans",
        verbose_name=_("discussed at"),
    )
    opinions = models.TextField(_("opinions at the meeting"), blank=True)
    changes = models.TextField(_("what was changed after it"), blank=True)
    resolution_number = models.CharField(_("resolution number"), max_length=100, blank=True)
    resolved_on = models.DateField(_("resolved on"), null=True, blank=True)

    class Meta:
        ordering = ["-year", "pk"]
        constraints = [
            year_constraint("branch_tasks_year_known"),
            models.UniqueConstraint(fields=["branch", "year"], name="branch_tasks_once_a_year"),
            models.CheckConstraint(
                condition=Q(drafted_on=None)
                | Q(reviewed_on__isnull=False, reviewed_on__lte=F("drafted_on")),
                name="branch_tasks_reviewed_before_drafted",
                violation_error_message=_("First the members are reviewed, then tasks drafted."),
            ),
            models.CheckConstraint(
                condition=Q(discussed_at=None) | Q(drafted_on__isnull=False),
                name="branch_tasks_drafted_before_discussed",
                violation_error_message=_("First tasks are drafted, then they are discussed."),
            ),
            models.CheckConstraint(
                condition=Q(resolved_on=None, resolution_number="")
                | (
                    Q(resolved_on__isnull=False, discussed_at__isnull=False)
                    & ~Q(resolution_number="")
                    & Q(resolved_on__gte=F("drafted_on"))
                ),
                name="branch_tasks_resolved_with_number_and_day",
                violation_error_message=_(
                    "A resolution has a number and a day, and follows the discussion at a meeting."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.branch} {self.year}"

    def get_absolute_url(self):
        return reverse("assignments:branch_tasks", args=[self.branch_id, self.year])

    @property
    def discussed_on(self):
        return self.discussed_at.held_on if self.discussed_at else None

    @property
    def next_step(self):
        """The step that is to be done next: OWN_PLANS once there is a resolution."""
        days = (self.reviewed_on, self.drafted_on, self.discussed_on, self.resolved_on)
        return step_after(days)


class PlanSetBack(models.Model):
    """That a branch went back to a step, and which days the steps had had until then."""

    plan = models.ForeignKey(BranchTaskPlan, on_delete=models.CASCADE, related_name="set_backs")
    on = models.DateField(_("on"))
    step = models.CharField(_("back to"), max_length=10, choices=BranchTaskStep.choices)
    reason = models.CharField(_("reason"), max_length=500)
    reviewed_on = models.DateField(null=True)
    drafted_on = models.DateField(null=True)
    discussed_on = models.DateField(null=True)
    resolved_on = models.DateField(null=True)
    resolution_number = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            choice_constraint("step", BranchTaskStep, "set_back_step_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="set_back_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.plan_id}: {self.get_step_display()}"


class Fitness(models.Model):
    """What a branch found out about a member before it gave tasks: first step."""

    plan = models.ForeignKey(
        BranchTaskPlan,
        on_delete=models.CASCADE,
        related_name="fitness",
        db_index=False,  # the unique constraint begins with it
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="fitness", verbose_name=_("member")
    )
    circumstances = models.CharField(_("health and circumstances"), max_length=500, blank=True)
    field = models.CharField(_("field that fits"), max_length=200, blank=True)
    spared = models.CharField(_("no task this year, because"), max_length=500, blank=True)

    class Meta:
        verbose_name_plural = _("fitness of members")
        constraints = [
            models.UniqueConstraint(fields=["plan", "member"], name="fitness_once"),
            models.CheckConstraint(
                condition=~Q(circumstances="", field="", spared=""), name="fitness_says_something"
            ),
        ]

    def __str__(self):
        return f"{self.member_id}: {self.field}"


class GivenTask(models.Model):
    """From when to when a task was binding, by the resolution of which plan; a period without an
    end is the present."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="given")
    plan = models.ForeignKey(BranchTaskPlan, on_delete=models.PROTECT, related_name="given")
    validity = DateRangeField(_("validity"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            not_empty("validity", "given_task_validity_not_empty"),
            models.CheckConstraint(
                condition=Q(validity__lower_inf=False), name="given_task_has_a_first_day"
            ),
            no_overlap(
                "task",
                name="given_task_one_resolution_a_day",
                message=_("A task is binding by one resolution on a day."),
            ),
        ]

    def __str__(self):
        return f"{self.task_id} ({self.plan_id})"


class OwnPlan(models.Model):
    """How a member is going to do a task that the branch gave."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="own_plan")
    steps = models.TextField(_("steps"))
    begins_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"))
    written_on = models.DateField(_("written on"))
    agreed_on = models.DateField(_("agreed by the branch on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(steps=""),
                name="own_plan_has_steps",
                violation_error_message=_("Say in which steps."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on")),
                name="own_plan_ends_after_it_begins",
                violation_error_message=_("The last day is before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(agreed_on=None) | Q(agreed_on__gte=F("written_on")),
                name="own_plan_agreed_after_it_was_written",
            ),
        ]

    def __str__(self):
        return f"{self.task_id}: {self.begins_on}–{self.ends_on}"


class TaskCheck(models.Model):
    """What a meeting of the branch said about a task that is not done yet."""

    task = models.ForeignKey(
        Task,
        on_delete=models.CASCADE,
        related_name="checks",
        verbose_name=_("task"),
        db_index=False,  # the unique constraint begins with it
    )
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="task_checks", verbose_name=_("meeting")
    )
    progress = models.CharField(_("progress"), max_length=9, choices=CheckProgress.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        constraints = [
            choice_constraint("progress", CheckProgress, "task_check_progress_known"),
            models.UniqueConstraint(fields=["task", "meeting"], name="task_check_once"),
        ]

    def __str__(self):
        return f"{self.task_id}: {self.get_progress_display()}"
