"""The party organization: committees and branches, members, meetings."""

from .committee import CommitteeTerm, JobDescription
from .duplicate import DistinctMembers
from .file import StoredFile
from .meeting import Attendance, Meeting
from .member import Discipline, EarlierPersonClass, Member, Membership, MemberStatus, Position
from .minutes import Minutes
from .organization import (
    EarlierOrganization,
    Organization,
    OrganizationPath,
    Placement,
    Succession,
)
from .plan import CheckIn, MeetingPlan
from .quality import CriterionScore, MeetingScore, QualityCriterion, QualityForm
from .reorganization import Reorganization

__all__ = [
    "Attendance",
    "CheckIn",
    "CommitteeTerm",
    "CriterionScore",
    "Discipline",
    "DistinctMembers",
    "EarlierOrganization",
    "EarlierPersonClass",
    "JobDescription",
    "Meeting",
    "MeetingPlan",
    "MeetingScore",
    "Member",
    "MemberStatus",
    "Membership",
    "Minutes",
    "Organization",
    "OrganizationPath",
    "Placement",
    "Position",
    "QualityCriterion",
    "QualityForm",
    "Reorganization",
    "StoredFile",
    "Succession",
]
