"""Lists of values of the party organization, with the keys that the workbook uses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganizationKind(models.TextChoices):
    CENTRAL = "central", _("Central")
    PROVINCE = "province", _("Province committee")
    DISTRICT = "district", _("District committee")
    GRASSROOTS_COMMITTEE = "grassroots_committee", _("Grassroots committee")
    SUB_COMMITTEE = "sub_committee", _("Sub-committee")
    BRANCH = "branch", _("Branch")
    CELL = "cell", _("Cell")


class SuccessionKind(models.TextChoices):
    MERGE = "merge", _("Merge")
    SPLIT = "split", _("Split")
    RENAME = "rename", _("Rename")


class ReorganizationKind(models.TextChoices):
    CREATE = "create", _("Creation")
    RENAME = "rename", _("Renaming")
    CHANGE = "change", _("Change of kind")
    MOVE = "move", _("Move")
    MERGE = "merge", _("Merge")
    SPLIT = "split", _("Split")
    DISSOLVE = "dissolve", _("Dissolution")


class Gender(models.TextChoices):
    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


class PersonClass(models.TextChoices):
    """The group in which a member is compared: by the post held in the political system."""

    LEADER = "leader", _("Holds a leading or managing post")
    STAFF = "staff", _("Holds no leading or managing post")
    OUTSIDE = "outside", _("Works outside the political system")


class LeftReason(models.TextChoices):
    DECEASED = "deceased", _("Deceased")
    EXPELLED = "expelled", _("Expelled")
    REMOVED = "removed", _("Removed from the list of members")
    RESIGNED = "resigned", _("Resigned from the Party")
    TRANSFERRED_OUT = "transferred_out", _("Transferred out")


class ActivityStatus(models.TextChoices):
    EXEMPT = "exempt", _("Exempt from work and party activity")
    SUSPENDED = "suspended", _("Suspended from party activity")
    AWAY = "away", _("Temporarily active elsewhere")


class DisciplineForm(models.TextChoices):
    REPRIMAND = "reprimand", _("Reprimand")
    WARNING = "warning", _("Warning")
    DISMISSAL = "dismissal", _("Dismissal")
    EXPULSION = "expulsion", _("Expulsion")


class Rank(models.TextChoices):
    SECRETARY = "secretary", _("Secretary")
    DEPUTY_SECRETARY = "deputy_secretary", _("Deputy secretary")
    STANDING_MEMBER = "standing_member", _("Standing committee member")
    COMMITTEE_MEMBER = "committee_member", _("Committee member")
    DEPARTMENT_HEAD = "department_head", _("Head of department")
    DEPARTMENT_DEPUTY = "department_deputy", _("Deputy head of department")
    BRANCH_SECRETARY = "branch_secretary", _("Branch secretary")
    BRANCH_DEPUTY = "branch_deputy", _("Deputy branch secretary")
    OTHER = "other", _("Other post")


# Who sits in a committee, and who of them in its standing committee; the highest first.
STANDING_RANKS = (Rank.SECRETARY, Rank.DEPUTY_SECRETARY, Rank.STANDING_MEMBER)
COMMITTEE_RANKS = (*STANDING_RANKS, Rank.COMMITTEE_MEMBER)


class MeetingKind(models.TextChoices):
    REGULAR = "regular", _("Regular meeting")
    THEMATIC = "thematic", _("Thematic meeting")
    EXTRAORDINARY = "extraordinary", _("Extraordinary meeting")
    RESIDENTS = "residents", _("Residents' meeting")


class PlanState(models.TextChoices):
    """What became of a planned meeting."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    NOT_HELD = "not_held", _("Not held")


class MeetingState(models.TextChoices):
    """How far a meeting of the calendar is."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")  # by the residents, who are on no roster
    ROSTER_MISSING = "roster_missing", _("Roster missing")
    ROSTER_OPEN = "roster_open", _("Roster open")
    ROSTER_CLOSED = "roster_closed", _("Roster closed")
    NOT_HELD = "not_held", _("Not held")


class AttendanceStatus(models.TextChoices):
    PRESENT = "present", _("Present")
    EXCUSED = "excused", _("Absent with reason")
    UNEXCUSED = "unexcused", _("Absent without reason")


class Capacity(models.TextChoices):
    """In what capacity somebody is on the roster of a meeting."""

    MEMBER = "member", _("Member of the branch")
    ASSIGNED = "assigned", _("Assigned cadre")


class VisitState(models.TextChoices):
    """Where the visit of an assigned cadre to a meeting stands: one word everywhere. The first and
    the last two have no row: they follow from the branch's plan and meetings."""

    EXPECTED = "expected", _("Expected")
    LOGGED = "logged", _("Logged")
    CONFIRMED = "confirmed", _("Confirmed")
    DISPUTED = "disputed", _("Disputed")
    EXCUSED = "excused", _("Absent with reason")
    UNEXCUSED = "unexcused", _("Absent without reason")
    NOT_HELD = "not_held", _("Not held")
    NOT_REPORTED = "not_reported", _("Not reported")
