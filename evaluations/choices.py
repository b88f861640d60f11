from django.db import models
from django.utils.translation import gettext_lazy as _


class Criterion(models.TextChoices):
    """The five criteria, one for each source of facts."""

    CONDUCT = "conduct", _("Conduct")
    ATTENDANCE = "attendance", _("Attendance")
    TASKS = "tasks", _("Tasks")
    DUTY = "duty", _("Duty visits")
    REVIEW = "review", _("Review")


class NotRatedReason(models.TextChoices):
    EXEMPT = "exempt", _("Exempt from work and party activity")
    SUSPENDED = "suspended", _("Suspended from party activity")
    NEW_MEMBER = "new_member", _("Admitted less than six months ago")
    NO_RESULTS = "no_results", _("No results to rate from")


class RollUpState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")


class ShardState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    LEASED = "leased", _("Being computed")
    DONE = "done", _("Done")
