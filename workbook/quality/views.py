"""Pages of data quality: what is likely wrong, and where each is put right."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from branches.acting import acts
from branches.choices import OrganizationKind
from branches.masking import sight_of
from branches.models import Member

from . import repairs
from .checks import BY_KEY, CHECKS
from .finding import PAGE_ROWS, count_findings, find_page
from .forms import AttendanceForm, MergeForm, PlaceForm, SettleForm
from .merging import belong_at_once, find_obstacles, merge_members

# What the two of a comparison have, by the names of their relations.
COUNTED = {
    "memberships": _lazy("Branches"),
    "statuses": _lazy("Statuses"),
    "positions": _lazy("Positions"),
    "disciplines": _lazy("Disciplines"),
    "attendance": _lazy("Meetings"),
    "assignments": _lazy("Assignments"),
    "tasks": _lazy("Tasks"),
}


@require_safe
@acts
def quality(request):
    """Every check with its number of findings, and the rows of the one that was chosen."""
    acting = request.acting
    acting.require("repair_data")
    counts = count_findings(acting.organization, on=acting.today)
    key = request.GET.get("check", "")
    if key not in BY_KEY:
        key = next((check.key for check in CHECKS if counts[check.key]), CHECKS[0].key)
    pages = Paginator(range(counts[key]), PAGE_ROWS)
    page = pages.get_page(request.GET.get("page"))
    rows = find_page(key, acting.organization, on=acting.today, page=page.number)
    people = [each.pk for row in rows for each in (row.member, row.other) if each]
    sight_of(request).look(people)
    return render(
        request,
        "workbook/quality.html",
        {
            "checks": [(check, counts[check.key]) for check in CHECKS],
            "check": BY_KEY[key],
            "rows": [
                (row, _sentence(row), acting.url(row.check.repair, *row.repair_arguments))
                for row in rows
            ],
            "page": page,
        },
    )


@require_http_methods(["GET", "POST"])
@acts
def merge(request, pk, other):
    """Two records side by side: one person, or two after all."""
    kept, gone = _pair(request, pk, other)
    form = MergeForm(
        _posted(request, "merge"),
        kept=kept,
        gone=gone,
        at_once=belong_at_once(kept, gone),
        say_branch=lambda member: f"{member.branch_name_on or '–'} ({member.code})",
    )
    if request.method == "POST" and "distinct" in request.POST:
        repairs.say_distinct(kept, gone, by=request.user, on=request.acting.today)
        return _back(request, _("They are kept apart and not shown here again."))
    if form.is_bound and form.is_valid():
        try:
            merge_members(
                kept,
                gone,
                values=form.values,
                branch_of=form.branch_holder,
                by=request.user,
                on=request.acting.today,
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, _("The two records are one now."))
    return render(
        request,
        "workbook/quality_merge.html",
        {
            "form": form,
            "pair": [_with_counts(kept), _with_counts(gone)],
            "swapped": request.acting.url("workbook:merge", gone.pk, kept.pk),
            "obstacles": find_obstacles(kept, gone),
        },
    )


@require_http_methods(["GET", "POST"])
@acts
def place_member(request, pk):
    """A branch for a member who has none today."""
    acting = request.acting
    without = repairs.repairable_members(request.user, on=acting.today).filter(left_on=None)
    member = get_object_or_404(without.exclude(memberships__validity__contains=acting.today), pk=pk)
    form = PlaceForm(_posted(request), button=_("Save"))
    form.fields["branch"].rows = _scope(request).filter(kind=OrganizationKind.BRANCH)
    return _repair(
        request,
        form,
        _("Choose a branch for %(member)s") % {"member": member},
        lambda values: repairs.place_member(member, values["branch"], since=values["since"]),
        member=member,
    )


@require_http_methods(["GET", "POST"])
@acts
def settle_unit(request, pk):
    """What still belongs to an organization that ended finds its place."""
    acting = request.acting
    unit = get_object_or_404(repairs.repairable_units(request.user, on=acting.today), pk=pk)
    successor = unit.successions.select_related("successor").order_by("on").last()
    form = SettleForm(
        _posted(request),
        button=_("Settle"),
        initial={"successor": successor.successor if successor else None},
    )
    form.fields["successor"].rows = _scope(request).filter(kind=OrganizationKind.BRANCH)
    return _repair(
        request,
        form,
        _("Settle %(organization)s") % {"organization": unit},
        lambda values: repairs.settle_unit(unit, successor=values["successor"]),
        unit=unit,
    )


@require_http_methods(["GET", "POST"])
@acts
def repair_attendance(request, pk):
    """Somebody on a roster who did not belong to the branch that day."""
    rows = repairs.repairable_attendance(request.user, on=request.acting.today)
    row = get_object_or_404(rows.select_related("meeting__branch", "member"), pk=pk)
    form = AttendanceForm(_posted(request), button=_("Save"))

    def put_right(values):
        if values["repair"] == "remove":
            repairs.remove_attendance(row)
        else:
            repairs.count_as_assigned(row)

    heading = _("Repair the roster")
    return _repair(request, form, heading, put_right, row=row)


def _repair(request, form, heading, put_right, **context):
    """A page with one form: what it does is done, or said why not at the field."""
    if form.is_bound and form.is_valid():
        request.give_reason(form.cleaned_data["reason"])
        try:
            put_right(form.cleaned_data)
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, _("It is put right."))
    context |= {"form": form, "heading": heading}
    return render(request, "workbook/quality_repair.html", context)


def _pair(request, *ids):
    if len(set(ids)) < len(ids):
        raise Http404
    members = repairs.repairable_members(request.user, on=request.acting.today)
    rows = members.with_branch(on=request.acting.today).annotate(
        **{f"{name}_count": _count(name) for name in COUNTED}
    )
    if request.method == "POST":
        list(Member.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    found = rows.in_bulk(ids)
    if len(found) < len(ids):
        raise Http404
    return [found[pk] for pk in ids]


def _count(relation):
    model = Member._meta.get_field(relation).related_model
    rows = model.objects.order_by().filter(member=OuterRef("pk")).values("member")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def _with_counts(member):
    """(member, [(what, how many)]) for the comparison."""
    return member, [(label, getattr(member, f"{name}_count")) for name, label in COUNTED.items()]


def _sentence(row):
    day = date_format(row.day, "SHORT_DATE_FORMAT") if row.day else ""
    return row.check.says[row.code] % {"day": day, "number": row.number}


def _scope(request):
    today = request.acting.today
    return request.user.scope_for("repair_data", on=today).valid_on(today)


def _posted(request, button=""):
    return (
        request.POST
        if request.method == "POST" and (not button or button in request.POST)
        else None
    )


def _back(request, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("workbook:quality"))
