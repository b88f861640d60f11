"""Pages that enter assignments: the grid, what one save of it did, and the change of one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from branches.acting import acts
from branches.as_of import as_of
from branches.models import Organization

from .. import board
from ..assigning.pasting import COLUMNS
from ..board.suggesting import chosen_pairs
from ..forms.change import ChangeForm
from ..forms.grid import MOST_ROWS, AssignGrid, directives_for, teams_for
from ..models import Assigning, Assignment, Directive, Team
from ..services import assigning as services

RECENT = 5


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def assign(request):
    """Many assignments on one page: entered row by row or pasted, checked, saved in one step."""
    acting = request.acting
    acting.require("assign_work")
    if request.method == "POST":
        grid = AssignGrid(acting, request.POST)
        if saved := _act(grid, request.POST.get("action")):
            return HttpResponseRedirect(acting.url("assignments:assigned", saved.pk))
    else:
        chosen = chosen_pairs(request.GET.getlist("pair"), by=request.user, on=acting.today)
        grid = AssignGrid(acting, targets=_chosen_targets(request), chosen=chosen[:MOST_ROWS])
    recent = Assigning.objects.visible_to(request.user, on=acting.today)
    below = Organization.objects.below(acting.organization, on=acting.today)
    grid.take_focus()
    recent = recent.filter(organization__in=below.values("pk"), undone_at=None)
    context = {
        "grid": grid,
        "form": grid.common,
        "wrong": grid.wrong,
        "columns": COLUMNS,
        "most": MOST_ROWS,
        "recent": recent.select_related("by__member")[:RECENT],
    }
    return render(request, "assignments/assign.html", context)


def _act(grid, action):
    """Do what the button says; returns what was saved, if it was."""
    if action == "more":
        return grid.add_rows()
    if action == "read":
        grid.paste()
        if "pasted" in grid.common.errors:
            return None
    if action == "save":
        return grid.save()
    grid.check()
    return None


def _chosen_targets(request):
    """The organizations that the board was left with, or all that nobody goes to."""
    acting = request.acting
    scope = request.user.scope_for("assign_work", on=acting.today)
    if request.GET.get("uncovered"):
        rows = board.targets(acting).filter(pk__in=scope.values("pk"))
        return board.without_cadre(rows, on=acting.on)[:MOST_ROWS]
    ids = [int(pk) for pk in request.GET.getlist("target") if pk.isdecimal() and len(pk) < 18]
    return scope.filter(pk__in=ids).order_by("code")[:MOST_ROWS]


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def assigned(request, pk):
    """What one save of the grid entered; undone from here as long as nothing depends on it."""
    acting = request.acting
    visible = Assigning.objects.visible_to(request.user, on=acting.today)
    saved = get_object_or_404(visible.select_related("by__member", "undone_by__member"), pk=pk)
    if request.method == "POST":
        return _undo(request, saved)
    seen = Assignment.objects.visible_to(request.user, on=acting.today)
    rows = list(
        saved.rows.filter(assignment__in=seen)
        .select_related("assignment__member", "assignment__target")
        .order_by("assignment__code")
    )
    as_of((row.assignment.target for row in rows), on=acting.on)
    context = {
        "saved": saved,
        "made": [row.assignment for row in rows if row.ended_from is None],
        "ended": [row for row in rows if row.ended_from],
        "reasons": [] if saved.undone_at else services.reasons_to_keep(saved),
    }
    return render(request, "assignments/assigned.html", context)


def _undo(request, saved):
    count = saved.rows.filter(ended_from=None).count()
    request.give_reason(_("Undone: assignments entered together"))
    try:
        services.undo_assigning(saved, by=request.user, on=request.acting.today, at=timezone.now())
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return HttpResponseRedirect(request.acting.url("assignments:assigned", saved.pk))
    done = ngettext(
        "Undone: %(number)s assignment is taken back.",
        "Undone: %(number)s assignments are taken back.",
        count,
    )
    messages.success(request, done % {"number": count})
    return HttpResponseRedirect(request.acting.url("assignments:desk"))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def assignment_change(request, pk):
    """Change one assignment; of two who save it at once the second is told."""
    acting = request.acting
    visible = Assignment.objects.visible_to(request.user, on=acting.today)
    rows = visible.select_related("member", "target", "directive", "team__directive", "confirmer")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    assignment = get_object_or_404(rows, pk=pk)
    changeable = Assignment.objects.changeable_by(request.user, on=acting.today)
    if not changeable.filter(pk=pk).exists():
        raise PermissionDenied
    form = _change_form(request, assignment)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_assignment(assignment, by=request.user, on=acting.today, **form.values)
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The assignment is changed."))
            return HttpResponseRedirect(acting.url("assignments:assignment", pk))
    context = {"assignment": assignment, "form": form, "above": _above(assignment, acting)}
    return render(request, "assignments/assignment_change.html", context)


def _change_form(request, assignment):
    """What the assignment has already may stay, also where one could not choose it anew."""
    acting = request.acting
    above = [each.pk for each in _above(assignment, acting)]
    return ChangeForm(
        request.POST if request.method == "POST" else None,
        row=assignment,
        directives=Directive.objects.filter(
            Q(pk__in=directives_for(acting.user, above, on=acting.today).values("pk"))
            | Q(pk=assignment.directive_id)
        ),
        teams=Team.objects.filter(
            Q(pk__in=teams_for(acting.user, above, on=acting.today).values("pk"))
            | Q(pk=assignment.team_id)
        ).select_related("directive", "leader"),
        confirmers=Organization.objects.filter(Q(pk__in=above) | Q(pk=assignment.confirmer_id)),
    )


def _above(assignment, acting):
    return Organization.objects.above(assignment.target, on=acting.today)
