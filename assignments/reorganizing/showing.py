"""What a reorganization touches, in words: rows before and after, and how many members where."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Grant
from branches.models import Member, Organization
from branches.periods import ONE_DAY, DateRange
from branches.templatetags.acting import period_words

from ..choices import AssignmentRole, TaskState
from ..models import Task
from .notes import notes_of
from .work import OPEN_STATES

RANGE = re.compile(r"\[(\d{4}-\d\d-\d\d)?,(\d{4}-\d\d-\d\d)?\)")
NOTHING = "–"


@dataclass(frozen=True)
class Line:
    """One thing that changes: `pk` is its id when it is one row."""

    part: str
    code: str
    name: str
    before: str
    after: str
    pk: int | None = None


@dataclass(frozen=True)
class Balance:
    """Members at or below an organization, the day before and on the day; code "" is the sum."""

    code: str
    name: str
    before: int
    after: int


@dataclass
class Shown:
    """All that a preview says. `lines` is {part: [Line]} in the order of ORDER; `grants` are
    (Grant, whether it opens something from the day on that it did not before); `notes` are
    sentences on what is not changed: what stays, and what goes along with what is moved."""

    lines: dict
    balance: list
    grants: list
    notes: list

    @property
    def digest(self):
        """A mark of everything that is said: another one when any of it differs."""
        grants = [(each.pk, opens) for each, opens in self.grants]
        said = [self.lines, self.balance, grants, self.notes]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:24]

    @property
    def counts(self):
        """[(part in words, number of lines)] of those that there are."""
        return [(PARTS[part], len(lines)) for part, lines in self.lines.items()]


def part_names():
    return {
        "organizations": _("Organizations"),
        "names": _("Earlier names and kinds"),
        "places": _("Places in the tree"),
        "successions": _("Successions"),
        "members": _("Members"),
        "posts": _("Posts"),
        "committees": _("Committee terms and job descriptions"),
        "assignments": _("Assignments"),
        "tasks": _("Tasks"),
    }


class _Parts:
    """Part names in the language of the reader."""

    def __getitem__(self, part):
        return part_names()[part]


PARTS = _Parts()
PART_OF = {
    "branches_organization": "organizations",
    "branches_earlierorganization": "names",
    "branches_placement": "places",
    "branches_succession": "successions",
    "branches_membership": "members",
    "branches_position": "posts",
    "branches_committeeterm": "committees",
    "branches_jobdescription": "committees",
    "assignments_assignment": "assignments",
    "assignments_task": "tasks",
}
ORDER = tuple(dict.fromkeys(PART_OF.values()))
# One thing may change by several rows: these are told apart by what they belong to.
SUBJECT = {"branches_placement": "organization_id", "branches_membership": "member_id"}
REFERENCES = {
    Organization: ("organization_id", "parent_id", "successor_id", "branch_id", "target_id"),
    Member: ("member_id",),
}


def show(changes, *, on, touched, ended):
    """touched  ids of the organizations that are reorganized
    ended    ids of those among them that end
    """
    lines = lines_of(changes)
    if staying := tasks_that_stay(changes, ended):
        lines["tasks"] = sorted([*lines.get("tasks", ()), *staying], key=lambda line: line.code)
    return Shown(
        lines=lines,
        balance=balance_of(touched, on=on),
        grants=grants_of(changes, ended, on=on),
        notes=list(notes_of(changes, ended, on=on)),
    )


def lines_of(changes):
    """{part: [Line]} of the changes, one line a thing, ordered by code."""
    names = _Names(changes)
    lines = {part: [] for part in ORDER}
    for (table, _key), rows in _by_subject(changes).items():
        lines[PART_OF[table]].append(_line(table, rows, names))
    for some in lines.values():
        some.sort(key=lambda line: (line.code, line.before, line.after))
    return {part: some for part, some in lines.items() if some}


def tasks_that_stay(changes, ended):
    """A Line for each open task at what ends that is left there."""
    gone = {change.pk for change in changes if change.table == "assignments_task"}
    tasks = Task.objects.filter(organization__in=ended, state__in=OPEN_STATES).exclude(pk__in=gone)
    return [
        Line(
            "tasks",
            task.code,
            task.title,
            f"{task.organization.name} ({task.organization.code}), {task.get_state_display()}",
            _("stays there"),
        )
        for task in tasks.select_related("organization")
    ]


def balance_of(organizations, *, on):
    """[Balance] of each organization, and the sum of all, in which nobody counts twice."""
    stored = Organization.objects.in_bulk(organizations)
    before, after = (_members_below(list(stored), day) for day in (on - ONE_DAY, on))
    rows = [
        Balance(each.code, each.name, before.get(pk, 0), after.get(pk, 0))
        for pk, each in sorted(stored.items(), key=lambda pair: pair[1].code)
    ]
    if rows:
        rows.append(Balance("", _("Together"), before[None], after[None]))
    return rows


def grants_of(changes, ended, *, on):
    """[(Grant, opens)]: roles that open from the day on what they did not, or no longer do."""
    moved = {
        change.row["organization_id"] for change in changes if change.table == "branches_placement"
    } | set(ended)
    lost, gained = _ways(list(moved), on)
    lost |= set(ended)
    grants = Grant.objects.open_on(on).filter(organization__in=lost | gained).with_people()
    rows = grants.order_by("organization__code", "user__username", "role", "pk")
    return [(grant, grant.organization_id in gained) for grant in rows]


def _by_subject(changes):
    """{(table, what it is about): its changes}."""
    by_subject = {}
    for change in changes:
        column = SUBJECT.get(change.table)
        key = change.row[column] if column else change.pk
        by_subject.setdefault((change.table, key), []).append(change)
    return by_subject


def _line(table, rows, names):
    code, name = _subject(table, rows[0].row, names)
    before = _values(table, [change.before for change in rows], names)
    after = _values(table, [change.after for change in rows], names)
    pk = rows[0].pk if rows[0].before is not None else None
    return Line(PART_OF[table], code, name, before, after, pk)


def _values(table, rows, names):
    rows = sorted((row for row in rows if row), key=lambda row: row.get("validity") or "")
    return "; ".join(DESCRIBE[table](row, names) for row in rows) or NOTHING


def _subject(table, row, names):
    if table in ("branches_membership", "branches_position"):
        return names.member(row["member_id"])
    if table == "assignments_assignment":
        return row["code"], names.member(row["member_id"])[1]
    if table == "assignments_task":
        return row["code"], row["title"]
    if table == "branches_organization":
        return row["code"], row["name"]
    return names.organization(row["organization_id"])


def period_of(text):
    """The period that the database wrote as text."""
    first, after = RANGE.fullmatch(text.replace("(,", "[,")).groups()
    return DateRange(first and date.fromisoformat(first), after and date.fromisoformat(after))


def _facts(row, names):
    kind = Organization(kind=row["kind"]).get_kind_display()
    grassroots = [_("grassroots organization")] if row["grassroots"] else []
    return ", ".join([row["name"], kind, *grassroots, names.days(row)])


def _assignment(row, names):
    role = AssignmentRole(row["role"]).label
    return f"{names.called(row['target_id'])}, {role}, {names.days(row)}"


DESCRIBE = {
    "branches_organization": _facts,
    "branches_earlierorganization": _facts,
    "branches_placement": lambda row, names: f"{names.called(row['parent_id'])}, {names.days(row)}",
    "branches_succession": lambda row, names: names.called(row["successor_id"]),
    "branches_membership": lambda row, names: (
        f"{names.called(row['branch_id'])}, {names.days(row)}"
    ),
    "branches_position": lambda row, names: (
        f"{row['title']}, {names.called(row['organization_id'])}, {names.days(row)}"
    ),
    "branches_committeeterm": lambda row, names: f"{row['name']}, {names.days(row)}",
    "branches_jobdescription": lambda row, names: f"{row['title']}, {names.days(row)}",
    "assignments_assignment": _assignment,
    "assignments_task": lambda row, names: (
        f"{names.called(row['organization_id'])}, {TaskState(row['state']).label}"
    ),
}


class _Names:
    """Codes and names of all that the changes refer to, looked up at once, and days in words."""

    def __init__(self, changes):
        self.periods = {}  # few, for thousands of rows
        self.rows = {
            model: model.objects.in_bulk(_ids(changes, columns))
            for model, columns in REFERENCES.items()
        }

    def organization(self, pk):
        row = self.rows[Organization].get(pk)
        return (row.code, row.name) if row else (str(pk), NOTHING)

    def member(self, pk):
        row = self.rows[Member].get(pk)
        return (row.code, row.full_name) if row else (str(pk), NOTHING)

    def days(self, row):
        text = row["validity"]
        if text not in self.periods:
            self.periods[text] = period_words(period_of(text))
        return self.periods[text]

    def called(self, pk):
        code, name = self.organization(pk)
        return f"{name} ({code})"


def _ids(changes, columns):
    rows = [row for change in changes for row in (change.before, change.after) if row]
    return {row[column] for row in rows for column in columns if row.get(column)}


MEMBERS_BELOW = """
SELECT top.id, count(DISTINCT belonging.member_id)
FROM unnest(%(ids)s::bigint[]) AS top (id)
JOIN branches_organizationpath AS path
    ON path.ancestors @> ARRAY[top.id] AND path.validity @> %(day)s::date
JOIN branches_organization AS branch
    ON branch.id = path.organization_id AND branch.validity @> %(day)s::date
JOIN branches_membership AS belonging
    ON belonging.branch_id = branch.id AND belonging.validity @> %(day)s::date
JOIN branches_member AS member
    ON member.id = belonging.member_id
    AND (member.left_on IS NULL OR member.left_on > %(day)s::date)
GROUP BY GROUPING SETS ((top.id), ())
"""


def _members_below(organizations, day):
    """{organization id: members at or below it that day}; None stands for all together."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS_BELOW, {"ids": organizations, "day": day})
        return {None: 0} | dict(cursor.fetchall())


WAYS = """
SELECT coalesce(array_agg(DISTINCT above), '{}')
FROM branches_organizationpath AS path
JOIN branches_organization AS stored ON stored.id = path.organization_id
CROSS JOIN unnest(path.ancestors) AS above
WHERE path.organization_id = ANY (%s) AND path.validity @> %s::date AND stored.validity @> %s::date
"""


def _ways(organizations, on):
    """(lost, gained): ids of what stood above any of them the day before and no longer does, and
    the other way round."""
    ways = []
    with connection.cursor() as cursor:
        for day in (on - ONE_DAY, on):
            cursor.execute(WAYS, [organizations, day, day])
            ways.append(set(cursor.fetchone()[0]))
    before, after = ways
    return before - after, after - before
