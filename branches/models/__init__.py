"""The party organization: committees and branches, members, meetings."""

from .committee import CommitteeTerm, JobDescription
from .duplicate import DistinctMembers
from .file import StoredFile
from .meeting import Attendance, Meeting
from .member import Discipline, EarlierPersonClass, Member, Membership, MemberStatus, Position
from .organization import (
    EarlierOrganization,
    Organization,
    OrganizationPath,
    Placement,
    Succession,
)
from .plan import CheckIn, MeetingPlan
from .reorganization import Reorganization

__all__ = [
    "Attendance",
    "CheckIn",
    "CommitteeTerm",
    "Discipline",
    "DistinctMembers",
    "EarlierOrganization",
    "EarlierPersonClass",
    "JobDescription",
    "Meeting",
    "MeetingPlan",
    "Member",
    "MemberStatus",
    "Membership",
    "Organization",
    "OrganizationPath",
    "Placement",
    "Position",
    "Reorganization",
    "StoredFile",
    "Succession",
]
