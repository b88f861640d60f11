"""Forming teams, putting people into them, and the targets of where they go. `by` is who does it,
`on` the day it is done.

What the rules forbid raises PermissionDenied; wrong values raise ValidationError, by field.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.models import Organization
from branches.periods import ONE_DAY

from ..choices import AssignmentRole
from ..directives.eligibility import why_not_leader
from ..directives.numbering import tidy
from ..models import Assignment, Indicator, Team
from .assigning import NewAssignment, assign
from .handing_over import hand_over

LOCK = "assignments_team"


@recorded
def form_team(*, directive, target, name, leader, since, visits_due, visits_period, by, on):
    """Send a team under a directive to a target, and assign its leader there; returns the team."""
    _require(directive, by=by, on=on)
    _check_target(target, directive, since)
    _check_leader(leader, directive)
    team = Team(
        code=_next_code(year=directive.issued_on.year),
        name=tidy(name),
        directive=directive,
        target=target,
        leader=leader,
    )
    team.full_clean()
    team.save()
    row = NewAssignment(
        member=leader,
        target=target,
        role=AssignmentRole.TEAM_LEADER,
        since=since,
        until=directive.valid_to,
        visits_due=visits_due,
        visits_period=visits_period,
        directive=directive,
        team=team,
    )
    assign([row], by=by, on=on)
    return team


@recorded
def add_members(team, people, *, since, visits_due, visits_period, by, on):
    """Assign people to branches as members of the team.

    people  pairs (member, branch at or below the team's target, or None: not decided yet)

    Raises AssigningRefused, whose `findings` tell what is wrong with each pair.
    """
    _require(team.directive, by=by, on=on)
    rows = [
        NewAssignment(
            member=member,
            target=branch or team.target,
            role=AssignmentRole.TEAM_MEMBER,
            since=since,
            until=team.directive.valid_to,
            visits_due=visits_due,
            visits_period=visits_period,
            directive=team.directive,
            team=team,
        )
        for member, branch in people
    ]
    return assign(rows, by=by, on=on, organization=team.target)


@recorded
def change_team(team, *, name, leader, since=None, by, on):
    """Change the name of a team that the caller has locked, or who leads it from the day `since`:
    the earlier leader's assignment ends the day before, and what is in progress goes over."""
    _require(team.directive, by=by, on=on)
    led_by = team.leader
    team.name = tidy(name)
    if leader != led_by:
        _check_leader(leader, team.directive)
        if since is None:
            raise ValidationError(
                {"since": _("Say from which day %(leader)s leads it.") % {"leader": leader}}
            )
        team.leader = leader
    team.full_clean()
    team.save()
    if leader != led_by:
        _pass_on(team, led_by, since, by=by, on=on)
    return team


@recorded
def save_indicator(indicator, *, by, on):
    """Save a new or changed target of an organization (an Indicator)."""
    if not by.may("assign_work", indicator.organization, on=on):
        raise PermissionDenied
    targets = Organization.objects.filter(pk=indicator.organization_id)
    targets.select_for_update(of=("self",), no_key=True).get()
    same = Indicator.objects.filter(
        organization=indicator.organization, year=indicator.year, name=indicator.name
    )
    if same.exclude(pk=indicator.pk).exists():
        raise ValidationError(
            {"name": _("There is a target of this name in the year already: change that one.")}
        )
    indicator.full_clean()
    indicator.save()
    return indicator


@recorded
def remove_indicator(indicator, *, reason, by, on):
    if not by.may("assign_work", indicator.organization, on=on):
        raise PermissionDenied
    indicator.delete()


def _require(directive, *, by, on):
    if not by.may("assign_work", directive.issuer, on=on):
        raise PermissionDenied


def _check_target(target, directive, since):
    below = Organization.objects.below(directive.issuer_id, on=since).valid_on(since)
    if not below.exclude(pk=directive.issuer_id).filter(pk=target.pk).exists():
        raise ValidationError(
            {
                "target": _("%(target)s does not stand below %(issuer)s on %(day)s.")
                % {
                    "target": target,
                    "issuer": directive.issuer,
                    "day": date_format(since, "SHORT_DATE_FORMAT"),
                }
            }
        )


def _check_leader(leader, directive):
    if reason := why_not_leader(leader, directive.issuer, on=directive.issued_on):
        raise ValidationError({"leader": reason})


def _pass_on(team, led_by, since, *, by, on):
    """Let the new leader go on where the earlier one was assigned as leader."""
    led = Assignment.objects.select_for_update(of=("self",)).filter(
        team=team, member=led_by, role=AssignmentRole.TEAM_LEADER
    )
    row = led.valid_on(since - ONE_DAY).first()
    if row is None:
        raise ValidationError(
            {
                "since": _("%(leader)s does not lead it on the day before: choose another day.")
                % {"leader": led_by}
            }
        )
    # The check of the successor asks the team who leads it.
    row.team = team
    try:
        hand_over(
            row,
            member=team.leader,
            last_day=since - ONE_DAY,
            until=team.directive.valid_to,
            reason=_("Another leader of the team"),
            by=by,
            on=on,
        )
    except ValidationError as error:
        raise ValidationError({"leader": error.messages}) from error


def _next_code(*, year):
    """Codes like DOAN-2026-001. Who forms a team waits for who does at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
    beginning = f"DOAN-{year}-"
    used = Team.objects.filter(code__regex=rf"^{beginning}[0-9]{{3,9}}$").values_list("code")
    last = max((int(code.rpartition("-")[2]) for (code,) in used), default=0)
    return f"{beginning}{last + 1:03d}"
