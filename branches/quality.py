"""The points of a meeting: which form, which band, and what the roster suggests."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .models import Organization, OrganizationPath, QualityForm

GOOD, FAIR, AVERAGE, POOR = "good", "fair", "average", "poor"
BANDS = {
    GOOD: pgettext_lazy("quality", "Good"),
    FAIR: _("Fair"),
    AVERAGE: _("Average"),
    POOR: _("Poor"),
}
# Rate of attendance in percent, and what share of the criterion's points it gives, in percent;
# the last one also where somebody was absent without reason.
SHARES = ((90, 100), (75, 75), (65, 50), (0, 25))
STEP = Decimal("0.25")


def band_of(points, form):
    """The key in BANDS for points, None for none."""
    if points is None:
        return None
    limits = ((GOOD, form.good_from), (FAIR, form.fair_from), (AVERAGE, form.average_from))
    return next((band for band, least in limits if points >= least), POOR)


def suggest_attendance(figures, points):
    """What the roster gives of `points`, in quarters of a point: all from 90 % on, less below, and
    least where somebody was absent without reason. None while the roster is not whole."""
    if figures.rate is None or figures.unrecorded:
        return None
    share = next(share for least, share in SHARES if figures.rate >= least)
    if figures.unexcused:
        share = SHARES[-1][1]
    quarters = (points * share / 100 / STEP).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return quarters * STEP


def form_for(branch, *, held_on, on):
    """The form by which a meeting of the day `held_on` is scored, None where there is none: the
    latest version of the nearest organization that has one on the day `on`. Two queries."""
    forms = _forms_above(branch, on=on).filter(validity__contains=held_on)
    return forms.order_by("-depth", "-version", "-pk").first()


def in_use(organization, *, on):
    """The forms that the organization uses, one a period, the newest period first. Two queries."""
    forms = _forms_above(organization, on=on).select_related("organization")
    found = {form.validity: form for form in forms.order_by("depth", "version", "pk")}
    return sorted(found.values(), key=lambda form: form.validity.lower or date.min, reverse=True)


def _forms_above(organization, *, on):
    """Forms of the organization, of those above it on the day, and of the application, with their
    criteria and `depth`: how far down the tree the organization stands, 0 for the application."""
    above = Organization.objects.way_to(organization, on=on).order_by().values("pk")
    path = OrganizationPath.objects.filter(
        organization=OuterRef("organization"), validity__contains=on
    )
    return (
        QualityForm.objects.filter(Q(organization=None) | Q(organization__in=above))
        .annotate(depth=Coalesce(Subquery(path.values("ancestors__len")[:1]), 0))
        .prefetch_related("criteria")
    )
