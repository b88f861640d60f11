"""For which organization, and as of which day, a page is read: the address says both.

`?org=ID&on=YYYY-MM-DD` stands in the address of every page, so that it can be linked, bookmarked
and reloaded. The day chooses what is shown; what a user may see always depends on today's grants.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, OuterRef, Subquery
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Organization, OrganizationPath

FIRST_YEAR, LAST_YEAR = 1930, 2100


@dataclass(frozen=True)
class Acting:
    """The reader, the organization acted for (None: the reader answers for none), and the day.

    above       the organization and those above it on the day, root first, with its facts
    path_today  the ids of those as the tree stands today: what grants, and so menus, depend on
    held        pairs (role, id of the organization) of the grants that the reader holds today
    """

    user: object
    organization: Organization | None
    on: date
    today: date
    above: list = field(default_factory=list)
    path_today: list = field(default_factory=list)
    held: frozenset = frozenset()

    @property
    def is_today(self):
        return self.on == self.today

    @property
    def is_past(self):
        return self.on < self.today

    @cached_property
    def roles(self):
        """The roles that the reader holds today at or above the organization."""
        return {role for role, organization in self.held if organization in self.path_today}

    @cached_property
    def subtree(self):
        """Organizations at or below the one acted for that exist on the day, with its facts."""
        below = Organization.objects.below(self.organization, on=self.on)
        return below.valid_on(self.on).on(self.on)

    def seen(self, above):
        """The ids of those of a way down the tree, as of whatever day, that the reader sees."""
        if above is self.above:
            granted = {organization for _role, organization in self.held}
            return {each.pk for each in above if not granted.isdisjoint(each.path_today)}
        visible = Organization.objects.visible_to(self.user, on=self.today)
        ids = [each.pk for each in above]
        return set(visible.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()

    @property
    def day(self):
        """The part of an address that keeps the day alone, to follow another `?org=`."""
        return "" if self.is_today else f"&on={self.on.isoformat()}"

    @property
    def query(self):
        """The part of an address that keeps organization and day, with its question mark."""
        return self._encode({})

    def url(self, name, *args, **query):
        """The address of the page `name`, for the same organization and day."""
        return reverse(name, args=args) + self._encode(query)

    def may(self, action):
        """Whether the reader may do `action` (a key of accounts.rules) here, today."""
        return self.user.may_as(self.roles, action)

    def require(self, action):
        """Raise PermissionDenied (403) unless the reader may do `action` here."""
        if not self.may(action):
            raise PermissionDenied

    def _encode(self, query):
        kept = {}
        if self.organization is not None:
            kept["org"] = self.organization.pk
        if not self.is_today:
            kept["on"] = self.on.isoformat()
        kept |= {name: value for name, value in query.items() if value not in (None, "")}
        return f"?{urlencode(kept)}" if kept else ""


def acts(view):
    """Set `request.acting` from the address; a day typed as dd/mm/yyyy is put right in it."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        today = timezone.localdate()
        typed = request.GET.get("on", "")
        try:
            on = read_day(typed) or today
        except ValidationError:
            messages.error(request, _("“%(day)s” is not a day.") % {"day": typed[:40]})
            return HttpResponseRedirect(_address_with_day(request, None))
        if typed and typed != on.isoformat():
            return HttpResponseRedirect(_address_with_day(request, on))
        request.acting = _act(request, request.GET.get("org"), on=on, today=today)
        return view(request, *args, **kwargs)

    return wrapped


def read_day(text):
    """A day as people type it or as addresses have it; None when empty.

    Raises ValidationError for anything else and for years outside 1930 to 2100.
    """
    day = forms.DateField(required=False).clean(text)
    if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(_("A year lies between 1930 and 2100."))
    return day


def read_year(request):
    """The year that the address names as `?year=`, or None."""
    text = request.GET.get("year", "")
    if len(text) == 4 and text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text)
    return None


def _act(request, typed, *, on, today):
    held = frozenset(request.held if hasattr(request, "held") else request.user.held(on=today))
    granted = {organization for _role, organization in held}
    pk = _number_of(typed) if typed else _topmost(granted, today=today)
    if pk is None:
        return Acting(request.user, None, on, today, held=held)
    path = OrganizationPath.objects.filter(organization=OuterRef("pk"), validity__contains=today)
    path_today = Subquery(path.values("ancestors"))
    above = list(Organization.objects.way_to(pk, on=on).annotate(path_today=path_today))
    path_today = above[-1].path_today if above else []
    if granted.isdisjoint(path_today):
        raise Http404
    return Acting(request.user, above[-1], on, today, above, path_today, held)


def _number_of(typed):
    if not typed.isdecimal() or len(typed) > 18:
        raise Http404
    return int(typed)


def _topmost(granted, *, today):
    """The id of the organization nearest to a root of those granted; None when there are none."""
    if not granted:
        return None
    organizations = Organization.objects.filter(pk__in=granted, paths__validity__contains=today)
    depth = F("paths__ancestors__len")
    return organizations.order_by(depth, "code").values_list("pk", flat=True).first()


def _address_with_day(request, day):
    query = request.GET.copy()
    query.pop("on", None)
    if day:
        query["on"] = day.isoformat()
    return f"{request.path}?{query.urlencode()}" if query else request.path
