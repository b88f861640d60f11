"""Pages of teams."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from branches.acting import acts, read_year
from branches.as_of import as_of
from branches.listing import render_list
from branches.masking import sight_of
from branches.models import Member, Organization
from branches.views.visible import seen_members

from ..directives import teams as reads
from ..filters.directives import TeamFilter
from ..forms.reasons import ReasonForm
from ..forms.teams import IndicatorForm, MembersForm, TeamChangeForm, TeamForm
from ..models import Assignment, Directive, Indicator, Team
from ..services import teams as services
from ..services.assigning import AssigningRefused
from ..tables.directives import TeamTable
from .directives import changeable_directive

LINES = 6  # of the form that puts members into a team
MOST_LINES = 60


@require_safe
@acts
def team_list(request):
    """Teams sent to the organization acted for or below it, or by one of these."""
    acting = request.acting
    acting.require("see_assignments")
    below = Organization.objects.below(acting.organization, on=acting.on).values("pk")
    teams = Team.objects.visible_to(request.user, on=acting.today).sent_in(below, on=acting.on)
    assignments = Assignment.objects.visible_to(request.user, on=acting.today)
    filters = TeamFilter(
        request.GET,
        reads.with_counts(teams, assignments=assignments.valid_on(acting.on), on=acting.on),
        request=request,
        directives=Directive.objects.filter(pk__in=teams.values("directive")),
    )
    return render_list(
        request,
        "assignments/teams.html",
        table=TeamTable(filters.qs.select_related("leader", "directive")),
        filters=filters,
        counted=ngettext_lazy("%(number)s team", "%(number)s teams", "count"),
        may_add=acting.may("assign_work"),
    )


@require_safe
@acts
def team_detail(request, pk):
    acting = request.acting
    team = _visible_team(request, pk)
    page = reads.team_page(
        team, user=request.user, today=acting.today, on=acting.on, year=read_year(request)
    )
    above = Organization.objects.above(team.target, on=acting.on)
    may_change = _may_change(request, team)
    return render(
        request,
        "assignments/team.html",
        {
            "team": team,
            "page": page,
            "above": as_of(above, on=acting.on),
            "may_change": may_change,
            "may_make": may_change
            or request.user.may("make_documents", team.directive.issuer, on=acting.today),
            "may_enter": request.user.may("assign_work", team.target, on=acting.today),
            "sees_leader": bool(seen_members(request, [team.leader_id])),
        },
    )


@require_safe
@acts
def team_directive(request):
    """Choose the directive under which a team is to be formed."""
    request.acting.require("assign_work")
    scope = request.user.scope_for("assign_work", on=request.acting.today)
    directives = Directive.objects.filter(issuer__in=scope.values("pk")).select_related("issuer")
    return render(
        request,
        "assignments/team_directive.html",
        {"directives": directives.order_by("-issued_on", "pk")[:MOST_LINES]},
    )


@require_http_methods(["GET", "POST"])
@acts
def team_add(request, pk):
    """Form a team under a directive."""
    acting = request.acting
    directive = changeable_directive(request, pk)
    form = TeamForm(
        request.POST if request.method == "POST" else None,
        directive=directive,
        targets=_targets(request, directive),
        seen=Member.objects.visible_to(request.user, on=acting.today),
    )
    if request.method == "POST" and form.is_valid():
        try:
            team = services.form_team(
                directive=directive, **form.cleaned_data, by=request.user, on=acting.today
            )
        except AssigningRefused as error:
            form.add_error("leader", error.messages)
        except ValidationError as error:
            form.show(error)
        else:
            return _back_to(request, team, _("The team is formed. Put its members into it now."))
    return render(
        request,
        "assignments/team_add.html",
        {"directive": directive, "form": form, "others": _others(request, directive)},
    )


@require_http_methods(["GET", "POST"])
@acts
def team_change(request, pk):
    team = _changeable_team(request, pk)
    form = TeamChangeForm(
        request.POST if request.method == "POST" else None,
        row=team,
        seen=Member.objects.visible_to(request.user, on=request.acting.today),
    )
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "leader", "since")}
        try:
            services.change_team(team, **values, by=request.user, on=request.acting.today)
        except ValidationError as error:
            form.show(error)
        else:
            return _back_to(request, team, _("The team is changed."))
    return render(
        request,
        "assignments/team_change.html",
        {
            "team": Team.objects.get(pk=pk),  # without what was refused
            "directive": team.directive,
            "form": form,
            "others": _others(request, team.directive),
        },
    )


@require_http_methods(["GET", "POST"])
@acts
def team_members(request, pk):
    """Put people into the team, each with a branch."""
    acting = request.acting
    team = _changeable_team(request, pk)
    lines = min(_id(request.GET.get("lines", "")), MOST_LINES)
    form = MembersForm(
        request.POST if request.method == "POST" else None,
        lines=max(lines, LINES),
        directive=team.directive,
        members=Member.objects.visible_to(request.user, on=acting.today),
        sight=sight_of(request),
        branches=_at_or_below(request, team.target),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.add_members(
                team,
                form.people(),
                **{name: form.cleaned_data[name] for name in MembersForm.DUTY},
                by=request.user,
                on=acting.today,
            )
        except AssigningRefused as error:
            form.show_findings(error.findings)
        except ValidationError as error:
            form.show(error)
        else:
            count = len(form.filled)
            words = ngettext("%(count)d member is added.", "%(count)d members are added.", count)
            return _back_to(request, team, words % {"count": count})
    return render(
        request,
        "assignments/team_members.html",
        {"team": team, "form": form, "more": min(2 * form.lines[-1], MOST_LINES)},
    )


@require_http_methods(["GET", "POST"])
@acts
def team_indicator_add(request, pk):
    """A target of where the team goes."""
    team = _visible_team(request, pk)
    _require_target(request, team)
    form = IndicatorForm(
        request.POST if request.method == "POST" else None,
        initial={"year": read_year(request) or request.acting.on.year},
    )
    return _enter_indicator(request, team, form, Indicator(organization=team.target))


@require_http_methods(["GET", "POST"])
@acts
def team_indicator(request, pk, indicator):
    team = _visible_team(request, pk)
    _require_target(request, team)
    indicator = _indicator(request, team, indicator)
    form = IndicatorForm(request.POST if request.method == "POST" else None, row=indicator)
    return _enter_indicator(request, team, form, indicator)


@require_http_methods(["GET", "POST"])
@acts
def team_indicator_remove(request, pk, indicator):
    team = _visible_team(request, pk)
    _require_target(request, team)
    indicator = _indicator(request, team, indicator)
    form = ReasonForm(
        request.POST if request.method == "POST" else None, button=_("Remove the target")
    )
    if request.method == "POST" and form.is_valid():
        services.remove_indicator(
            indicator, reason=form.cleaned_data["reason"], by=request.user, on=request.acting.today
        )
        return _back_to(request, team, _("The target is removed."))
    return render(
        request,
        "assignments/team_indicator_remove.html",
        {"team": team, "indicator": indicator, "form": form},
    )


def _enter_indicator(request, team, form, indicator):
    if request.method == "POST" and form.is_valid():
        try:
            services.save_indicator(form.fill(indicator), by=request.user, on=request.acting.today)
        except ValidationError as error:
            form.show(error)
        else:
            return _back_to(request, team, _("The target is saved."), year=indicator.year)
    return render(
        request,
        "assignments/team_indicator.html",
        {"team": team, "form": form, "stored": indicator.pk},
    )


def _visible_team(request, pk, *, locked=False):
    visible = Team.objects.visible_to(request.user, on=request.acting.today)
    rows = visible.select_related("directive__issuer", "target", "leader")
    return get_object_or_404(rows.select_for_update(of=("self",)) if locked else rows, pk=pk)


def _changeable_team(request, pk):
    """404 for what the reader does not see, 403 for what they may not change."""
    team = _visible_team(request, pk, locked=request.method == "POST")
    if not _may_change(request, team):
        raise PermissionDenied
    as_of([team.target, team.directive.issuer], on=request.acting.on)
    return team


def _may_change(request, team):
    return request.user.may("assign_work", team.directive.issuer, on=request.acting.today)


def _require_target(request, team):
    if not request.user.may("assign_work", team.target, on=request.acting.today):
        raise PermissionDenied
    as_of([team.target], on=request.acting.on)


def _indicator(request, team, pk):
    rows = Indicator.objects.filter(organization=team.target_id)
    locked = request.method == "POST"
    return get_object_or_404(rows.select_for_update() if locked else rows, pk=pk)


def _targets(request, directive):
    today = request.acting.today
    below = Organization.objects.below(directive.issuer_id, on=today).valid_on(today)
    return below.visible_to(request.user, on=today).exclude(pk=directive.issuer_id)


def _at_or_below(request, target):
    today = request.acting.today
    below = Organization.objects.below(target, on=today).valid_on(today)
    return below.visible_to(request.user, on=today)


def _others(request, directive):
    return reads.others_with_posts(
        directive.issuer,
        on=directive.issued_on,
        seen=Member.objects.visible_to(request.user, on=request.acting.today),
    )


def _id(text):
    """The number that an address names; 0, which nothing has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _back_to(request, team, message, **query):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("assignments:team", team.pk, **query))
