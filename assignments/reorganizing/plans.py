"""What is to be done on a day, as somebody decided it: the input of a reorganization.

`on` is the first day on which things stand as decided; what ends, ends on the day before it.
"""

from dataclasses import dataclass, field
from datetime import date

from branches.choices import ReorganizationKind
from branches.models import Organization

REISSUE, END = "reissue", "end"  # what becomes of assignments to an organization that ends
STAY, GO_OVER = "stay", "go_over"  # and of tasks that are open there


@dataclass(frozen=True)
class NewOrganization:
    """One that is made by the reorganization; grassroots None: as its kind has it."""

    name: str
    code: str
    kind: str
    parent: Organization | None
    grassroots: bool | None = None

    def __str__(self):
        return f"{self.name} ({self.code})"


@dataclass(frozen=True)
class Work:
    """What becomes of the work at organizations that end.

    assignments  REISSUE on the successor, or END: the rule for all that `chosen` does not name
    chosen       {id of an assignment: code of the organization where it goes on, or END}
    tasks        STAY where they were registered, or GO_OVER to the successor: those that are open
                 and of the year of the day or later
    """

    assignments: str = REISSUE
    chosen: dict = field(default_factory=dict)
    tasks: str = STAY


@dataclass(frozen=True)
class Create:
    on: date
    organization: NewOrganization
    kind = ReorganizationKind.CREATE

    def __str__(self):
        return str(self.organization)


@dataclass(frozen=True)
class Rename:
    on: date
    organization: Organization
    name: str
    kind = ReorganizationKind.RENAME

    def __str__(self):
        return f"{_called(self.organization)} → {self.name}"


@dataclass(frozen=True)
class Change:
    """Another kind, or another answer to whether caps are counted for it (grassroots)."""

    on: date
    organization: Organization
    to_kind: str
    grassroots: bool
    kind = ReorganizationKind.CHANGE

    def __str__(self):
        return _called(self.organization)


@dataclass(frozen=True)
class Move:
    on: date
    organizations: tuple
    parent: Organization
    kind = ReorganizationKind.MOVE

    def __str__(self):
        return f"{_named(self.organizations)} → {_called(self.parent)}"


@dataclass(frozen=True)
class Merge:
    """Several into a new one, or into one that exists: another, or one of themselves."""

    on: date
    sources: tuple
    into: Organization | NewOrganization
    work: Work = Work()
    kind = ReorganizationKind.MERGE

    @property
    def ended(self):
        return tuple(each for each in self.sources if each != self.into)

    @property
    def parts(self):
        return (self.into,)

    def __str__(self):
        return f"{_named(self.ended)} → {_called(self.into)}"


@dataclass(frozen=True)
class Split:
    """One or several divided: named members, or organizations below, go to named parts.

    members, children  {id: code of a part}
    rest               code of the part for all others; "" where they stay, or none may be left
    ends               whether the sources end, or go on with who stays
    """

    on: date
    sources: tuple
    parts: tuple
    members: dict = field(default_factory=dict)
    children: dict = field(default_factory=dict)
    rest: str = ""
    ends: bool = True
    work: Work = Work()
    kind = ReorganizationKind.SPLIT

    @property
    def ended(self):
        return self.sources if self.ends else ()

    def __str__(self):
        return f"{_named(self.sources)} → {_named(self.parts)}"


@dataclass(frozen=True)
class Dissolve:
    on: date
    organizations: tuple
    kind = ReorganizationKind.DISSOLVE

    @property
    def ended(self):
        return self.organizations

    def __str__(self):
        return _named(self.organizations)


def _named(organizations):
    return ", ".join(map(_called, organizations))


def _called(organization):
    return f"{organization.name} ({organization.code})"
