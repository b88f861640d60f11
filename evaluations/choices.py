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


class Undecided(models.TextChoices):
    """Why a person must decide: the grounds of `Rating.needs_decision`."""

    NO_RESULTS = "no_results", _("There are no results to suggest a level from")
    DISCIPLINE = "discipline", _("Disciplined in the period")
    OPEN_CASE = "open_case", _("The documents leave this case open")
    PENDING = "pending", _("A reported task waits for its confirmation")
    UNRECORDED = "unrecorded", _("Attendance is not recorded for more than half of the meetings")
    CAP_TIE = "cap_tie", _("Equal with others at the limit of the cap on excellent")
    CAP_TOO_SMALL = "cap_too_small", _("The group is too small for a share of excellent")


class Answer(models.TextChoices):
    """How an objection ends."""

    ACCEPTED = "accepted", _("Right: it is put right")
    REJECTED = "rejected", _("Stays as it is")
