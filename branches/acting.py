"""For which organization, and as of which day, a page is read: the address says both.

`?org=ID&on=YYYY-MM-DD` stands in the address of every page, so that it can be linked, bookmarked
and reloaded. The day chooses what is shown; what a user may see always depends on today's grants.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property, wraps
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Organization

FIRST_YEAR, LAST_YEAR = 1930, 2100


@dataclass(frozen=True)
class Acting:
    """The reader, the organization acted for (None: the reader answers for none), and the day."""

    user: object
    organization: Organization | None
    on: date
    today: date

    @property
    def is_today(self):
        return self.on == self.today

    @cached_property
    def above(self):
        """The organization and those above it on the day, root first."""
        if self.organization is None:
            return []
        return Organization.objects.above(self.organization, on=self.on)

    @cached_property
    def above_today(self):
        """The same as the tree stands today: what grants, and so menus, depend on."""
        if self.is_today or self.organization is None:
            return self.above
        return Organization.objects.above(self.organization, on=self.today)

    @cached_property
    def subtree(self):
        """Organizations at or below the one acted for that exist on the day."""
        return Organization.objects.below(self.organization, on=self.on).valid_on(self.on)

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
        return self.organization is not None and self.user.may(
            action, self.organization, on=self.today
        )

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
        organization = _organization(request.user, request.GET.get("org"), today=today)
        request.acting = Acting(request.user, organization, on, today)
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


def _organization(user, pk, *, today):
    visible = Organization.objects.visible_to(user, on=today)
    if not pk:
        depth = F("paths__ancestors__len")
        return visible.filter(paths__validity__contains=today).order_by(depth, "code").first()
    if not pk.isdecimal() or len(pk) > 18:
        raise Http404
    organization = visible.filter(pk=pk).first()
    if organization is None:
        raise Http404
    return organization


def _address_with_day(request, day):
    query = request.GET.copy()
    query.pop("on", None)
    if day:
        query["on"] = day.isoformat()
    return f"{request.path}?{query.urlencode()}" if query else request.path
