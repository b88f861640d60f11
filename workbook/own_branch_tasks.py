"""What one's branch gave one to do, as tables of one's own data: what it found out about the
member, the own plans, and what meetings said of the tasks."""

from django.utils.translation import gettext as _

from assignments.models import Fitness, OwnPlan, TaskCheck


def branch_task_tables(records):
    """{name: (heading, rows)} of the members of these ids."""
    fitness = Fitness.objects.filter(member__in=records).order_by("plan__year", "pk")
    plans = OwnPlan.objects.filter(task__member__in=records).order_by("task__code")
    checks = TaskCheck.objects.filter(task__member__in=records)
    return {
        _("circumstances"): (
            [
                _("Branch"),
                _("Year"),
                _("Health and circumstances"),
                _("Field that fits"),
                _("No task this year, because"),
            ],
            list(
                fitness.values_list(
                    "plan__branch__code", "plan__year", "circumstances", "field", "spared"
                )
            ),
        ),
        _("own_plans"): (
            [
                _("Task"),
                _("Steps"),
                _("Begins on"),
                _("Ends on"),
                _("Written on"),
                _("Agreed by the branch"),
            ],
            list(
                plans.values_list(
                    "task__code", "steps", "begins_on", "ends_on", "written_on", "agreed_on"
                )
            ),
        ),
        _("task_checks"): (
            [_("Task"), _("Meeting"), _("Progress"), _("Note")],
            [
                [each.task.code, each.meeting.code, each.get_progress_display(), each.note]
                for each in checks.select_related("task", "meeting").order_by(
                    "meeting__held_on", "pk"
                )
            ],
        ),
    }
