"""Lists of values of assignments and tasks, with the keys that the workbook uses."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DirectiveKind(models.TextChoices):
    RESOLUTION = "resolution", _("Resolution")
    DECISION = "decision", _("Decision")
    PLAN = "plan", _("Plan")
    SCHEME = "scheme", _("Scheme")


class DocumentKind(models.TextChoices):
    """Documents that are made from the records."""

    DECISION = "decision", _("Decision assigning cadres")
    LIST = "list", _("List of assignments")
    PLAN = "plan", _("Plan of a team")
    MINUTES = "minutes", _("Minutes of a meeting")
    # Papers of the year end; the numbers are those of the forms of HD 43-HD/BTCTW.
    REVIEW_LEADER = "review2a", _("Self-review of who holds a leading post (form 2A)")
    REVIEW_STAFF = "review2b", _("Self-review of who holds no leading post (form 2B)")
    REVIEW_OUTSIDE = "review2c", _("Self-review outside the political system (form 2C)")
    SELF_RATING = "self05", _("Own rating of the year (form 05)")
    RE_RATING = "rerate03", _("Decision on a re-rating (form 03)")
    DOSSIER = "dossier4", _("List of the papers of a dossier (form 04)")
    BALLOT = "ballot1", _("Ballot on the levels")
    PICK = "ballot2", _("Ballot on the excellent")
    COUNT = "count", _("Minutes of a count")
    SUMMARY = "summary", _("Summary of the ratings")


class AssignmentRole(models.TextChoices):
    DIRECT = "direct", _("Directs the branch")
    ATTEND = "attend", _("Attends meetings")
    REINFORCE = "reinforce", _("Reinforces the branch")
    TEAM_MEMBER = "team_member", _("Team member")
    TEAM_LEADER = "team_leader", _("Team leader")


class VisitsPeriod(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")


class TaskState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REGISTERED = "registered", _("Registered")
    IN_PROGRESS = "in_progress", _("In progress")
    REPORTED = "reported", _("Reported")
    CONFIRMED = "confirmed", _("Confirmed")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")


class TaskStepKind(models.TextChoices):
    """What was done to a task on its way."""

    REGISTERED = "registered", _("Registered")
    CHANGED = "changed", _("Changed")
    STARTED = "started", _("Begun")
    PROGRESS = "progress", _("Progress noted")
    REPORTED = "reported", _("Reported as done")
    CONFIRMED = "confirmed", _("Confirmed")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")
    REOPENED = "reopened", _("Opened again")


class Outcome(models.TextChoices):
    EXCEEDED = "exceeded", _("Exceeded")
    MET = "met", _("Met on time")
    LATE = "late", _("Met late")
    UNMET = "unmet", _("Not met")


class Level(models.TextChoices):
    """The four levels of quality, best first (Điều 11, QĐ 366-QĐ/TW)."""

    EXCELLENT = "excellent", _("Excellent")
    GOOD = "good", _("Good")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Not completed")


class Decision(models.TextChoices):
    """What the office of the confirming committee says of a visit."""

    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")


class RaisedBy(models.TextChoices):
    MEMBER = "member", _("Member")
    RESIDENT = "resident", _("Resident")


class OpinionState(models.TextChoices):
    ANSWERED = "answered", _("Answered on the spot")
    REFERRED = "referred", _("Referred")
    RESOLVED = "resolved", _("Resolved")


class ReminderKind(models.TextChoices):
    """What people are reminded of, in the order of pages and messages."""

    VISIT_DUE = "visit_due", _("Visits that are due and not made")
    TASK_DUE = "task_due", _("Tasks that are due")
    ROSTER_MISSING = "roster_missing", _("Meetings without a roster")
    CONFIRMATION_WAITING = "confirmation_waiting", _("Confirmations that wait")
    EXEMPTION_ENDING = "exemption_ending", _("Exemptions and absences that end")
    ABSENT_MONTHS = "absent_months", _("Members absent two months")
    STEP_LATE = "step_late", _("Steps of the year end that are late")


class DigestRhythm(models.TextChoices):
    """How often reminders come by e-mail."""

    DAILY = "daily", _("Every day on which there is something new")
    WEEKLY = "weekly", _("On Mondays")
    NEVER = "never", pgettext_lazy("how often", "Never")


class OpinionStepKind(models.TextChoices):
    """What happened to an opinion."""

    RAISED = "raised", _("Opinion raised")
    REFERRED = "referred", _("Referred")
    EXTENDED = "extended", _("Deadline extended")
    RESOLVED = "resolved", _("Answered by the body")
    TOLD = "told", _("The branch was told")
    CORRECTED = "corrected", _("Put right by an import")


class BranchTaskStep(models.TextChoices):
    """The five steps in which a branch gives its members tasks (Bắc Ninh's scheme of 2016)."""

    REVIEW = "review", _("Review of the members")
    DRAFT = "draft", _("Draft of tasks")
    DISCUSSION = "discussion", _("Discussion at a meeting")
    RESOLUTION = "resolution", _("Resolution of the branch")
    OWN_PLANS = "own_plans", _("Own plans and checks")


class CheckProgress(models.TextChoices):
    """What a meeting finds of a task."""

    NOT_BEGUN = "not_begun", _("Not begun")
    ON_TRACK = "on_track", _("On track")
    BEHIND = "behind", _("Behind")
    DONE = "done", _("Done")
