"""Levels with their colour and shape, and panels about ratings on other rooms' pages."""

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.recording import log_access
from assignments.choices import Level, Outcome
from branches.templatetags.icons import SPRITE
from evaluations.board.history import read_history
from evaluations.choices import Criterion, Ground
from evaluations.deciding.decided import with_decided_level
from evaluations.models import OrganizationRating, Rating
from evaluations.rolling_up.runs import ratings_by_year

register = template.Library()

SHAPES = {
    "excellent": "star-filled",
    "good": "circle-check-filled",
    "completed": "square-rounded-minus-filled",
    "failed": "circle-x-filled",
    "": "circle-dashed",
}
SHORT = {
    "excellent": pgettext_lazy("level, in short", "Excellent"),
    "good": pgettext_lazy("level, in short", "Good"),
    "completed": pgettext_lazy("level, in short", "Completed"),
    "failed": pgettext_lazy("level, in short", "Failed"),
    "": _("Not rated"),
}

GROUPS = {"common": _("Common criteria"), "results": _("Results of one's tasks")}
REASONS = {
    "exempt": _("Not rated: exempt from work and party activity on the cut-off date."),
    "suspended": _("Not rated: suspended from party activity on the cut-off date."),
    "new_member": _("Not rated: admitted less than six months before the cut-off date."),
    "no_results": _(
        "Not rated: there is nothing to suggest a level from in a whole group of criteria. The "
        "branch decides."
    ),
}


def short_level(level):
    return SHORT[level]


def _render(level, words):
    return format_html(
        '<span class="level level-{}"><svg class="icon" aria-hidden="true">'
        '<use href="{}#{}"></use></svg> {}</span>',
        level or "none",
        static(SPRITE),
        SHAPES[level],
        words,
    )


@register.simple_tag
def level(value):
    """A level by its full name; "" is not rated."""
    return _render(value, Level(value).label if value else SHORT[""])


@register.simple_tag
def level_short(value):
    """A level in one or two words, for tables and figures."""
    return _render(value, SHORT[value])


@register.simple_tag
def level_name(value):
    """The words of `level_short` alone."""
    return SHORT[value]


@register.filter
def chart_size(bars):
    """The name of the picture's height: enough for that many bars."""
    return next((size for size in (5, 10, 20, 35) if bars <= size), 50)


@register.filter
def chart_bars(chart):
    """How many bars' height a picture needs: two for each group that has two."""
    return len(chart["labels"]) * len({series["stack"] for series in chart["series"]})


@register.simple_tag(takes_context=True)
def tie_address(context, cap, year):
    """Where those who are equal at the limit of a cap unit are decided on; for who may not, or
    without a cycle, where they are listed."""
    within = {"unit": cap.unit.pk, "person_class": cap.person_class}
    acting = context["request"].acting
    if cap.cycle and acting.may("decide_ratings"):
        return acting.url("evaluations:decisions", cap.cycle, note="tie", state="open", **within)
    return acting.url("evaluations:board", year=year, capped=1, decision=1, **within) + "#list"


@register.filter
def period_name(line, kind):
    """What a period of duty visits is called: 3/2018, quarter 1, 2018."""
    if kind == "month":
        return f"{line.first.month}/{line.first.year}"
    if kind == "quarter":
        return _("Quarter %(number)s") % {"number": (line.first.month + 2) // 3}
    return str(line.first.year)


@register.filter
def task_result(result):
    """How a task was counted: its outcome, waiting, or not at all."""
    if result == "pending":
        return _("Waiting for confirmation")
    return Outcome(result).label if result else _("Not counted")


@register.filter
def reason_sentence(reason):
    """Why somebody is not rated, as a sentence."""
    return REASONS[reason]


@register.filter
def fact_name(field):
    """What a stored value of a rating is called."""
    return Rating._meta.get_field(field).verbose_name


@register.simple_tag
def limit_met(limit, level):
    """Whether `level` meets a condition beside the points; None while that is not known."""
    return limit.met(level) if level else None


@register.filter
def ground_label(ground):
    """Why a decision needed its reason, in words."""
    return Ground(ground).label


@register.filter
def line_label(line):
    """What a group or criterion is called: by the scheme's own name, which is Vietnamese, or by
    ours in another language, where we know it."""
    if get_language() == "vi":
        return line.label
    return GROUPS.get(line.key) or dict(Criterion.choices).get(line.key) or line.label


@register.inclusion_tag("evaluations/_member_ratings.html", takes_context=True)
def member_ratings(context, member):
    """The member's ratings by year, as far as the reader may see them."""
    request = context["request"]
    acting = request.acting
    ratings = list(with_decided_level(ratings_by_year(member.pk, acting), acting))
    history = read_history(ratings, until=ratings[0].roll_up.year) if ratings else None
    if ratings:
        log_access(
            "ratings_seen", by=request.user, at=timezone.now(), member=member, rows=len(ratings)
        )
    return {"request": request, "ratings": ratings, "member": member, "history": history}


@register.inclusion_tag("evaluations/_organization_ratings.html", takes_context=True)
def organization_ratings(context, organization):
    """The levels that the organization itself was given, by year."""
    request = context["request"]
    acting = request.acting
    ratings = OrganizationRating.objects.filter(organization=organization).order_by("-year")
    if acting.is_past:
        ratings = ratings.filter(year__lte=acting.on.year)
    may = request.user.may("see_ratings", organization, on=acting.today)
    return {
        "request": request,
        "organization": organization,
        "ratings": ratings if may else [],
        "may_see_ratings": may,
    }


@register.inclusion_tag("evaluations/_objection_link.html", takes_context=True)
def objection_link(context, criterion, line):
    """What the reader may do about a line of their own record; nothing on other pages."""
    objections = context.get("objections")
    if objections is None:
        return {}
    return {
        "request": context["request"],
        "criterion": criterion,
        "line": line,
        "year": objections.year,
        "objection": objections.found.get((criterion, line)),
    }
