"""What the reader's roles open at the organization acted for."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .choices import Role
from .pages import need_of
from .rules import ROLES_FOR


@dataclass(frozen=True)
class Item:
    label: str
    icon: str
    url: str
    current: bool


@dataclass(frozen=True)
class Page:
    """An entry of the main navigation; `groups` are how the names of its views begin. Who is
    offered it stands in the table of pages; `daily_for` are roles that have it before the others,
    since they work in it."""

    name: str
    label: str
    icon: str
    groups: tuple[str, ...]
    daily_for: frozenset[str] = frozenset()


ASSIGNING = (
    "assign",
    "desk",
    "from_above",
    "hand_over",
    "load",
    "matrix",
    "suggestions",
    "uncovered",
)

MEETINGS = ("calendar", "check_in", "meeting", "plan_", "roster", "sign_in_sheet")

CYCLES = (
    *("cycle", "step_", "section_", "unit_step", "comment", "proposal", "appraisal", "vote"),
    *("decisions", "decide", "ties", "cap_places", "places_", "unit_cap", "re_rate"),
    "paper",
)

FIRST = 3  # work that waits for oneself, home, and what waits for a decision

# In order of use: the first four are the tabs on a phone.
PAGES = (
    Page(
        "assignments:my_work",
        _("My work"),
        "list-check",
        ("my_", "own_record", "self_review", "visit"),
    ),
    Page("home", _("Home"), "home", ("home",)),
    Page("assignments:confirmations", _("Confirmations"), "user-check", ("confirmation",)),
    Page("branches:members", _("Members"), "users", ("member", "position")),
    Page("assignments:desk", _("Assignments"), "clipboard-list", ASSIGNING),
    Page("evaluations:cycles", _("Rating cycles"), "circle-check", CYCLES),
    Page(
        "evaluations:board",
        _("Ratings"),
        "chart-bar",
        ("board", "rating", "five_years", "not_rated", "removal_risk"),
    ),
    Page("branches:organizations", _("Organizations"), "sitemap", ("organization", "reorganiz")),
    Page("branches:committees", _("Committees"), "users-group", ("committee",)),
    Page(
        "branches:meetings",
        pgettext_lazy("in the menu", "Meetings"),
        "calendar-event",
        MEETINGS,
        daily_for=frozenset({Role.SECRETARY}),
    ),
    Page("assignments:tasks", _("Tasks"), "checklist", ("task",)),
    Page(
        "assignments:branch_tasks_rates",
        _("Tasks of branches"),
        "building-community",
        ("branch_task",),
    ),
    Page("assignments:opinions", _("Opinions"), "message", ("opinion",)),
    Page("assignments:reviews", _("Reviews"), "award", ("review",)),
    Page("evaluations:objections", _("Objections"), "question-mark", ("objection",)),
    Page("assignments:directives", _("Directives"), "file-text", ("directive",)),
    Page("assignments:teams", _("Teams"), "map-pin", ("team",)),
    Page("assignments:documents", _("Documents"), "printer", ("document", "template")),
    Page("workbook:imports", _("Import"), "table-export", ("import",)),
    Page(
        "workbook:quality",
        _("Data quality"),
        "shield-check",
        ("quality", "merge", "place_member", "settle_unit", "repair_attendance"),
    ),
    Page("accounts:users", _("Users"), "user", ("user", "grant")),
    Page("accounts:journal", _("Journal"), "history", ("journal", "access_log")),
    Page("evaluations:anonymisations", _("Anonymisation"), "circle-dashed", ("anonymis",)),
    Page("evaluations:roll_ups", _("Roll-ups"), "calculator", ("roll_up",)),
    Page("evaluations:schemes", _("Rating sets"), "scale", ("scheme", "trial")),
)


def roles_here(acting):
    """The roles that the reader holds today at or above the organization acted for."""
    return acting.roles


def menu(request):
    """The items that the reader may open, in order."""
    acting, here = request.acting, request.resolver_match.view_name.rpartition(":")[2]
    roles = roles_here(acting)
    return [
        Item(page.label, page.icon, acting.url(page.name), here.startswith(page.groups))
        for page in in_order(roles)
        if _is_offered(need_of(page.name), acting.user, roles)
    ]


def in_order(roles):
    """The pages in order of use; what a role works in daily comes before the lists of members."""
    daily = [page for page in PAGES if page.daily_for & roles]
    others = [page for page in PAGES if page not in daily]
    return [*others[:FIRST], *daily, *others[FIRST:]]


def _is_offered(need, user, roles):
    """A list is offered for a role alone: to their own row of it people come another way."""
    return bool(ROLES_FOR[need.action] & roles) if need.action else need.is_met(user, roles=roles)
