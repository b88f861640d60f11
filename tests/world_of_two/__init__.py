"""Two districts that know nothing of each other, an account of each kind in the first, and an
example of every route: what the tests of access walk through. A new route goes into the module of
its noun.

Every name and code of the second district holds MARK or CODE_MARK, which stand nowhere else: an
answer to somebody of the first that holds one of them tells what it must not. Its rows have the id
FOREIGN in every table, so that one number is the id of something foreign whatever it is taken for.
"""

from . import accounts, assignments, branches, evaluations, meetings, tasks, workbook
from .example import Example
from .world import (
    ANONYMOUS,
    CODE_MARK,
    FOREIGN,
    LATELY,
    MARK,
    MEMBER,
    NOBODY,
    NOON,
    ROLES,
    YEAR,
    Half,
    World,
    make_clients,
    make_world,
)

__all__ = [
    "ANONYMOUS",
    "CODE_MARK",
    "EXAMPLES",
    "FOREIGN",
    "LATELY",
    "MARK",
    "MEMBER",
    "NOBODY",
    "NOON",
    "ROLES",
    "YEAR",
    "Example",
    "Half",
    "World",
    "make_clients",
    "make_world",
]

EXAMPLES = (
    accounts.EXAMPLES
    | branches.EXAMPLES
    | assignments.EXAMPLES
    | tasks.EXAMPLES
    | meetings.EXAMPLES
    | evaluations.EXAMPLES
    | workbook.EXAMPLES
)
