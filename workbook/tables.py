"""The tables of the workbook: what each column is, what it is written to and what it refers to.

The one description that import, export, docs and pages of imports go by. A column's type, length,
list of values, default and whether it is required come from the model's field; what is said here
is what the model cannot know. Tables stand in an order in which each refers only to tables before
it (organizations and members to themselves), which is the order of writing.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db import models
from django.db.models.fields import NOT_PROVIDED

from assignments.models import (
    Assignment,
    Delegation,
    Directive,
    Indicator,
    Opinion,
    Review,
    Task,
    Team,
)
from branches.models import (
    Attendance,
    CommitteeTerm,
    Discipline,
    EarlierOrganization,
    EarlierPersonClass,
    JobDescription,
    Meeting,
    Member,
    Membership,
    MemberStatus,
    Organization,
    Placement,
    Position,
    Succession,
)
from evaluations.models import Deduction, OrganizationRating, UnitCap

from .cells import (
    Boolean,
    Choice,
    Code,
    Date,
    Email,
    IdentityNumber,
    Number,
    Phone,
    Text,
    Whole,
)
from .headings import value_names

CODE = Text(64)  # a code that refers: whether it is one is asked of the rows


@dataclass(frozen=True)
class Column:
    """One column of a table.

    name      English key
    cell      how a cell is read (see cells.py)
    field     the model's field; empty when the value is kept elsewhere (see history.py)
    to        the table whose code or number stands in it
    bound     "first" or "last" when it is that day of the field `validity`
    default   what an empty cell means; None for no value
    added     not among the columns that every export writes: left out while it is empty throughout
    """

    name: str
    cell: object
    field: str = ""
    to: str = ""
    bound: str = ""
    key: bool = False
    required: bool = False
    default: object = None
    added: bool = False


@dataclass(frozen=True)
class Table:
    """One table; an `added` one is left out of an export in which it has no rows."""

    name: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    added: bool = False

    @cached_property
    def by_name(self):
        return {column.name: column for column in self.columns}

    @property
    def db_table(self):
        return self.model._meta.db_table

    @property
    def key(self):
        return tuple(column for column in self.columns if column.key)

    @property
    def has_code(self):
        """Rows are known by a code of their own."""
        return self.key[0].name == "code"

    @property
    def references(self):
        return tuple(column for column in self.columns if column.to)

    @property
    def is_dated(self):
        return any(column.bound for column in self.columns)

    def db_column(self, column):
        return self.model._meta.get_field(column.field).column


def value(name, field=None, **more):
    """A column that is one field of the model."""

    def build(table, model):
        described = model._meta.get_field(field or name)
        cell = more.get("cell") or _cell_type(table, name, described)
        has_default = described.default is not NOT_PROVIDED
        required = not (described.null or described.blank or has_default)
        default = described.default if has_default else None
        if not required and not described.null and default is None:
            default = ""
        described_by_model = {"cell": cell, "required": required, "default": default}
        return Column(name, field=described.name, **described_by_model | more)

    return build


def _cell_type(table, name, field):
    if field.choices:
        # The list is that of the workbook: it may offer fewer values than the model.
        names = value_names(table, name)
        return Choice({key: names[key] for key, _label in field.choices if key in names})
    match field:
        case models.BooleanField():
            return Boolean()
        case models.DateField():
            return Date()
        case models.DecimalField():
            return Number(field.max_digits, field.decimal_places)
        case models.CharField() if name == "code":
            return Code(field.max_length)
        case models.CharField() | models.TextField():
            return Text(field.max_length)
    raise TypeError(f"{table}.{name}: no cell type for {field}")


def code():
    return value("code", key=True)


def refer(name, to, field="", *, key=False, cell=CODE, required=None):
    """A column with the code (of a directive: the number) of a row of the table `to`."""

    def build(table, model):
        described = model._meta.get_field(field or name.removesuffix("_code"))
        return Column(
            name,
            cell,
            field=described.name,
            to=to,
            key=key,
            required=not described.null if required is None else required,
        )

    return build


def first_day(name, **more):
    return lambda table, model: Column(name, Date(), field="validity", bound="first", **more)


def last_day(name, **more):
    return lambda table, model: Column(name, Date(), field="validity", bound="last", **more)


def elsewhere(name, cell, **more):
    """A column whose value is not kept in the table's own rows."""
    return lambda table, model: Column(name, cell, **more)


def year(**more):
    return value("year", cell=Whole(least=Decimal(1930), most=Decimal(2100)), **more)


def _table(name, model, *columns, added=False):
    return Table(name, model, tuple(build(name, model) for build in columns), added)


POSITIVE = Number(12, 4, above=Decimal(0))
NOT_NEGATIVE = Number(12, 4, least=Decimal(0))
PERCENT = Number(7, 4, least=Decimal(0), most=Decimal(100))
VISITS = Whole(least=Decimal(0), most=Decimal(31))

TABLES = (
    _table(
        "organizations",
        Organization,
        code(),
        value("name"),
        value("kind"),
        elsewhere("parent_code", CODE, to="organizations"),
        elsewhere("parent_since", Date()),
        value("grassroots", default=None),  # 1 for a grassroots committee, else 0
        first_day("valid_from"),
        last_day("valid_to"),
    ),
    _table(
        "earlier_organizations",
        EarlierOrganization,
        refer("org_code", "organizations", "organization", key=True),
        first_day("since"),
        last_day("until", key=True, required=True),
        value("name"),
        value("kind"),
        value("grassroots"),
        added=True,
    ),
    _table(
        "placements",
        Placement,
        refer("org_code", "organizations", "organization", key=True),
        refer("parent_code", "organizations", key=True),
        first_day("since", key=True),
        last_day("until"),
    ),
    _table(
        "successions",
        Succession,
        refer("org_code", "organizations", "organization", key=True),
        refer("successor_code", "organizations", key=True),
        value("on", key=True),
        value("kind"),
    ),
    _table(
        "members",
        Member,
        code(),
        value("full_name"),
        value("birth_date"),
        value("gender"),
        value("admitted_on"),
        value("official_on"),
        elsewhere("branch_code", CODE, to="organizations", required=True),
        elsewhere("branch_since", Date(), required=True),
        value("occupation"),
        value("person_class"),
        value("left_on"),
        value("left_reason"),
        elsewhere("branch_until", Date(), added=True),
        value("left_note", added=True),
        value("identity_number", cell=IdentityNumber(), added=True),
        value("phone", cell=Phone(), added=True),
        value("email", cell=Email(254), added=True),
    ),
    _table(
        "earlier_classes",
        EarlierPersonClass,
        refer("member_code", "members", key=True),
        first_day("since"),
        last_day("until", key=True, required=True),
        value("person_class"),
        added=True,
    ),
    _table(
        "memberships",
        Membership,
        refer("member_code", "members", key=True),
        refer("branch_code", "organizations", key=True),
        first_day("since", key=True, required=True),
        last_day("until"),
    ),
    _table(
        "statuses",
        MemberStatus,
        refer("member_code", "members", key=True),
        value("status", key=True),
        first_day("since", key=True, required=True),
        last_day("until"),
        value("reason"),
        value("decision_number", added=True),
        value("decided_on", added=True),
        value("issuer", added=True),
        value("receiving_place", added=True),
    ),
    _table(
        "disciplines",
        Discipline,
        refer("member_code", "members", key=True),
        value("decided_on", key=True),
        value("form"),
        value("note"),
        value("decision_number", added=True),
        value("issuer", added=True),
    ),
    _table(
        "positions",
        Position,
        refer("member_code", "members", key=True),
        refer("org_code", "organizations", "organization", key=True),
        value("title", key=True),
        first_day("since", key=True, required=True),
        last_day("until"),
        value("rank"),
        value("field"),
        value("end_reason", added=True),
    ),
    _table(
        "committee_terms",
        CommitteeTerm,
        refer("org_code", "organizations", "organization", key=True),
        value("name", key=True),
        first_day("since", required=True),
        last_day("until"),
        value("seats", cell=Whole(least=Decimal(1), most=Decimal(999))),
        value("standing_seats", cell=Whole(least=Decimal(0), most=Decimal(999))),
        value("fields"),
        added=True,
    ),
    _table(
        "job_descriptions",
        JobDescription,
        refer("org_code", "organizations", "organization", key=True),
        value("title", key=True),
        first_day("since", key=True, required=True),
        last_day("until"),
        value("duties"),
        added=True,
    ),
    _table(
        "directives",
        Directive,
        value("number", key=True),
        refer("issuer_code", "organizations", key=True),
        value("issued_on", key=True),
        value("kind"),
        value("title"),
        value("valid_to"),
    ),
    _table(
        "teams",
        Team,
        code(),
        value("name"),
        refer("directive_number", "directives", "directive", cell=Text(100)),
        elsewhere("issuer_code", CODE, to="organizations"),
        refer("target_code", "organizations"),
        refer("leader_code", "members"),
        elsewhere("directive_issued_on", Date(), added=True),
    ),
    _table(
        "assignments",
        Assignment,
        code(),
        refer("member_code", "members"),
        refer("target_code", "organizations"),
        value("role"),
        refer("directive_number", "directives", "directive", cell=Text(100)),
        elsewhere("issuer_code", CODE, to="organizations"),
        refer("team_code", "teams"),
        first_day("valid_from", required=True),
        last_day("valid_to"),
        value("visits_due", cell=VISITS),
        value("visits_period"),
        refer("confirmer_code", "organizations"),
        elsewhere("directive_issued_on", Date(), added=True),
    ),
    _table(
        "meetings",
        Meeting,
        code(),
        refer("branch_code", "organizations"),
        value("held_on"),
        value("kind"),
        value("quality", cell=PERCENT),
        value("resolution_number"),
    ),
    _table(
        "attendance",
        Attendance,
        refer("meeting_code", "meetings", key=True),
        refer("member_code", "members", key=True),
        value("status"),
        value("capacity"),
        value("confirmed"),
        value("reason", added=True),
    ),
    _table(
        "tasks",
        Task,
        code(),
        refer("member_code", "members"),
        refer("org_code", "organizations", "organization"),
        refer("assignment_code", "assignments"),
        year(),
        value("title"),
        value("category"),
        value("weight", cell=POSITIVE),
        value("due_on"),
        value("state"),
        value("outcome"),
        value("quantity"),
        value("actual"),
        value("unit"),
        refer("confirmed_by_code", "organizations"),
    ),
    _table(
        "reviews",
        Review,
        refer("assignment_code", "assignments", key=True),
        year(key=True),
        value("level"),
        value("comment"),
        refer("reviewer_code", "organizations"),
    ),
    _table(
        "deductions",
        Deduction,
        code(),
        refer("member_code", "members"),
        value("criterion", required=True, default=None),
        value("occurred_on"),
        value("points", cell=NOT_NEGATIVE),
        value("reason"),
    ),
    _table(
        "indicators",
        Indicator,
        refer("org_code", "organizations", "organization", key=True),
        year(key=True),
        value("name", key=True),
        value("target"),
        value("actual"),
        value("unit"),
        value("period_end"),
    ),
    _table(
        "opinions",
        Opinion,
        code(),
        # One that still waits for the meeting of its visit stands in no file.
        refer("meeting_code", "meetings", required=True),
        value("raised_by"),
        value("topic"),
        value("content"),
        value("answer"),
        refer("referred_to_code", "organizations", "referred_to"),
        value("due_on"),
        value("state"),
    ),
    _table(
        "delegations",
        Delegation,
        code(),
        refer("lead_code", "members"),
        refer("org_code", "organizations", "organization"),
        value("held_on"),
        value("purpose"),
        value("conclusion"),
    ),
    _table(
        "org_ratings",
        OrganizationRating,
        refer("org_code", "organizations", "organization", key=True),
        year(key=True),
        value("level"),
    ),
    _table(
        "unit_caps",
        UnitCap,
        refer("org_code", "organizations", "unit", key=True),
        year(key=True),
        value("percent", cell=PERCENT),
        added=True,
    ),
)
BY_NAME = {table.name: table for table in TABLES}
