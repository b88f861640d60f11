from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class SchemeState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("of a rating set", "Draft")
    ADOPTED = "adopted", _("Adopted")


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


class StepKind(models.TextChoices):
    """The steps of a cycle in the order of the documents: none is done before those above it.

    Source: docs/year-end.md, 1.
    """

    COLLECTIVE = "collective", _("Review of the leading collective")
    SELF_REVIEW = "self_review", _("Self-review and own level")
    COMMENTS = "comments", _("Comments of other places")
    PROPOSAL = "proposal", _("Proposal of the branch committee")
    VOTE = "vote", _("Vote of the branch")
    SECTION = "section", _("Proposal of the sub-committee")
    DECISION = "decision", _("Decision of the competent committee")
    ORGANIZATIONS = "organizations", _("Rating of the organization")
    NOTICE = "notice", _("Notice to the members")


class VoteCounting(models.TextChoices):
    """Which votes a level is carried by."""

    EACH = "each", _("The votes for this level alone")
    AT_LEAST = "at_least", _("The votes for this level and better ones")


class NotVotedReason(models.TextChoices):
    """Why a ballot said nothing of a member who is to be rated: a later round does."""

    ABSENT = "absent", _("Absent from the meeting")
    NOT_REVIEWED = "unreviewed", _("Has not reviewed themselves yet")
    HELD_BACK = "held_back", _("A case is being looked into")


class CommentKind(models.TextChoices):
    """Who comments on a member from outside the branch."""

    RESIDENCE = "residence", _("Place of residence")
    TEMPORARY = "temporary", _("Place of temporary party activity")
    FORMER = "former", _("Former place of work")
    EMPLOYER = "employer", _("Rating as a civil servant or employee")


class Cause(models.TextChoices):
    """Why a decision was written."""

    DECISION = "decision", _("Decision")
    CORRECTION = "correction", _("Correction before the lock")
    RE_RATING = "re_rating", _("Re-rating")


class Ground(models.TextChoices):
    """Why a decision needs its reason."""

    DIFFERS = "differs", _("Differs from the suggestion")
    VOTE = "vote", _("Differs from the vote of the branch")
    DISCIPLINE = "discipline", _("Disciplined in the period")
    TIE = "tie", _("Equal with others at the cap")
    CAP = "cap", _("Above the cap")
    CONDITION = "condition", _("A condition of the level is not met")
    UNDECIDED = "undecided", _("The rules leave it open")


class ConditionKind(models.TextChoices):
    """What a level may ask for beside the points (docs/organization-rating-rules.md, 9)."""

    HEAD = "head", _("A head is not above the organization")
    CADRE = "cadre", _("An assigned cadre is not above the branch they answer for")
    SHORTCOMINGS = "shortcomings", _("Shortcomings that were pointed out earlier are mended")


class PaperFormat(models.TextChoices):
    PDF = "pdf", "PDF"
    WORD = "docx", "Word"


class PaperJobKind(models.TextChoices):
    """What a job makes; its value is the ending of the papers in it."""

    PDF = PaperFormat.PDF.value, _("Dossiers as PDF")
    WORD = PaperFormat.WORD.value, _("Dossiers as Word")
    WORKBOOK = "xlsx", _("Workbook of everything")


class OrganizationNotRated(models.TextChoices):
    """Why an organization in a cycle is not rated (docs/organization-rating-rules.md, 3)."""

    NEW = "new", _("Founded too short a time ago")
    NO_RESULTS = "no_results", _("No results to rate from")


class OrganizationDisciplineForm(models.TextChoices):
    """How an organization of the Party is disciplined, least first (Điều 35 of the Charter)."""

    REPRIMAND = "reprimand", _("Reprimand")
    WARNING = "warning", _("Warning")
    DISSOLUTION = "dissolution", pgettext_lazy("discipline", "Dissolution")


class OrganizationCriterion(models.TextChoices):
    """The seven criteria of organizations (docs/organization-rating-rules.md, 4)."""

    DISCIPLINE = "discipline", _("Discipline of members")
    MEETINGS = "meetings", _("Regular meetings held")
    QUALITY = "quality", _("Quality of meetings")
    INDICATORS = "indicators", _("Indicators")
    COVERAGE = "coverage", _("Members with a task")
    MEMBERS = "members", _("Ratings of members")
    BRANCHES = "branches", _("Ratings of organizations below")
