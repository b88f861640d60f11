"""What every change of a visit has in common."""

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..choices import Decision
from ..models import Visit

UNDECIDED = {"decision": "", "decision_reason": "", "decided_at": None, "decided_by": None}
# What the database refuses once ratings stand (evaluations/sql/rated_years.sql).
RATED = {
    "visit_of_a_year_not_rated": gettext_lazy(
        "The year of this visit is rated: what was decided in it stays as it is."
    )
}


def lock_visits(ids):
    """The visits, fresh and locked, in the order in which everybody locks them."""
    rows = Visit.objects.filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk")
    return list(rows.select_related("member", "branch", "meeting"))


def settle(ids):
    """Let the attendance follow from the visits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT settle_visits(%s)", [list(ids)])


def change(visit, **values):
    """Change and settle one visit; returns it as it is then."""
    return change_all([visit.pk], values)[0]


def change_all(ids, values):
    """The same for many, in three queries."""
    Visit.objects.filter(pk__in=ids).update(**values)
    settle(ids)
    return list(Visit.objects.filter(pk__in=ids).with_people().order_by("pk"))


def require_reason(reason):
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the others read it.")})


def decided_words(visit):
    """What was decided, and whom to ask, in a sentence."""
    if visit.decision == Decision.CONFIRMED:
        text = _("%(visit)s is confirmed: ask the office of %(committee)s to reopen it first.")
    else:
        text = _("%(visit)s was refused: ask the office of %(committee)s to reopen it first.")
    return text % {"visit": visit, "committee": visit.confirmer}
