"""Doing something with many members at once: whom, what, a preview, and then all or nothing.

The address says whom: `?ids=…&ids=…`, or `?all=1` with the filters of the list, and what: `?do=…`.
"""

import hashlib

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..acting import acts
from ..columns import query_of
from ..forms.bulk import FORMS
from ..member_lists import listed_members
from ..models import Member
from ..services import bulk
from .member_editing import EDIT, editable_branches, posted

MOST_SHOWN = 50


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_bulk(request):
    acting = request.acting
    acting.require(EDIT)
    name = request.GET.get("do", "")
    if name not in FORMS:
        raise Http404
    members = list(_chosen(request)[: bulk.MOST_MEMBERS + 1])
    heading, form_class = FORMS[name]
    form = form_class(posted(request), branches=editable_branches(request))
    plan = None
    if request.method == "POST" and _few_enough(form, members) and form.is_valid():
        try:
            plan = bulk.check(name, members, form.values(), by=request.user, on=acting.today)
            if not plan.problems and form.cleaned_data["mark"] == _mark(members, form):
                request.give_reason(form.cleaned_data["reason"])
                done = bulk.do_all(
                    name, plan.changed, form.values(), by=request.user, on=acting.today
                )
                return _back(request, len(done.changed))
        except ValidationError as error:
            form.show(error)
    return _page(request, form, members, plan, heading=heading)


def _chosen(request):
    """The members that the address names, of those whom the reader sees, by name."""
    acting = request.acting
    if request.GET.get("all"):
        chosen = listed_members(request, ()).qs
    else:
        ids = [pk for pk in request.GET.getlist("ids") if pk.isdecimal() and len(pk) <= 18]
        visible = Member.objects.visible_to(request.user, on=acting.today)
        chosen = visible.filter(pk__in=ids).with_branch(on=acting.today)
    return chosen.order_by("sort_key", "code")


def _few_enough(form, members):
    """Whether there are members, and not too many for one step; a form error says what to do."""
    if len(members) > bulk.MOST_MEMBERS:
        text = _("More than %(most)d members at once: filter the list further.")
        form.add_error(None, text % {"most": bulk.MOST_MEMBERS})
    return bool(members) and form.is_valid()


def _mark(members, form):
    """What a preview was about: the members and the values."""
    ids = ",".join(str(member.pk) for member in members)
    values = sorted((name, str(value)) for name, value in form.values().items())
    return hashlib.sha256(f"{ids} {values}".encode()).hexdigest()[:24]


def _page(request, form, members, plan, *, heading):
    previews = plan is not None and not plan.problems and form.is_valid()
    shown = plan.changed if previews else members
    return render(
        request,
        "branches/member_bulk.html",
        {
            "heading": heading,
            "form": form,
            "members": members,
            "shown": shown[:MOST_SHOWN],
            "more": max(len(shown) - MOST_SHOWN, 0),
            "plan": plan,
            "problems": plan.problems[:MOST_SHOWN] if plan else [],
            "mark": _mark(members, form) if previews and plan.changed else "",
            "back": _list(request),
        },
    )


def _back(request, count):
    text = ngettext("%(count)d member is changed.", "%(count)d members are changed.", count)
    messages.success(request, text % {"count": count})
    return HttpResponseRedirect(_list(request))


def _list(request):
    """The list with the filters that it had."""
    parameters = request.GET.copy()
    for name in ("ids", "all", "do"):
        parameters.pop(name, None)
    address = request.acting.url("branches:members", view=request.GET.get("view") or "0")
    query = query_of(parameters)
    return f"{address}&{query}" if query else address
