"""The party organization: committees and branches, members, meetings."""

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

__all__ = [
    "Attendance",
    "Discipline",
    "DistinctMembers",
    "EarlierOrganization",
    "EarlierPersonClass",
    "Meeting",
    "Member",
    "MemberStatus",
    "Membership",
    "Organization",
    "OrganizationPath",
    "Placement",
    "Position",
    "StoredFile",
    "Succession",
]
