"""Lists whose columns their reader chooses, and that can be kept as views.

A list is described once by a `ListOf`; `choose()` says for a request which columns are shown and
which views are offered. The views are rows of a later room, asked of the user by `list_views()`:
each has `pk`, `name`, `query`, `columns`, `is_default`, and `mine`, whether it is the reader's.
"""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

KEPT_BY_THE_FRAME = ("org", "on", "page", "view")
LISTS = {}  # by the name of the page


@dataclass(frozen=True)
class ListOf:
    """page     the name of the route
    label    what is listed
    columns  {name: label} of all there are, in their order
    shown    names of those that are shown unless one chooses
    rows     (request, columns) → (number of rows, rows of cells) for a download: all that the
             address asks for, in its order, as its reader may see them; cells are text, whole
             numbers, days or None
    """

    page: str
    label: str
    columns: dict
    shown: tuple
    rows: object

    def __post_init__(self):
        LISTS[self.page] = self

    def known(self, names):
        """Those of the names that are columns, in the order of the list, always with the first."""
        first = next(iter(self.columns))
        return [name for name in self.columns if name == first or name in names]


@dataclass
class Choice:
    """What a request shows of a list."""

    of: ListOf
    columns: list
    views: list = field(default_factory=list)  # with a name
    view: object = None  # the one that is open
    query: str = ""  # filters and sorting of the address
    default: object = None  # the view that opens with the list, when the address says nothing

    @property
    def pairs(self):
        """Filters and sorting as pairs, for the fields of a form."""
        return parse_qsl(self.query)


def choose(request, listed):
    """The columns and views of a list for this request; one query."""
    acting = request.acting
    rows = list(request.user.list_views(listed.page, on=acting.today))
    own = next((each for each in rows if not each.name), None)
    views = [each for each in rows if each.name]
    asked = request.GET.get("view", "")
    view = next((each for each in views if str(each.pk) == asked), None)
    source = view or own
    columns = source.columns if source and source.columns else listed.shown
    bare = not set(request.GET) - {"org", "on"}
    default = next((each for each in views if each.is_default and each.mine), None)
    return Choice(
        of=listed,
        columns=listed.known(columns),
        views=views,
        view=view,
        query=query_of(request.GET),
        default=default if bare else None,
    )


def query_of(parameters):
    """Filters and sorting of an address, without what the frame keeps and what is empty."""
    pairs = [
        (name, value)
        for name, values in sorted(parameters.lists())
        for value in values
        if value and name not in KEPT_BY_THE_FRAME
    ]
    return urlencode(pairs)


def address_of(view, acting):
    """The address of a view: its filters and sorting for the organization and day acted for."""
    kept = [(name, value) for name, value in parse_qsl(view.query) if name not in ("org", "on")]
    frame = acting.query.removeprefix("?")
    query = "&".join(part for part in (frame, urlencode(kept), f"view={view.pk}") if part)
    return f"{reverse(view.page)}?{query}"
