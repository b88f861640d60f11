"""Places for excellent beyond the cap, and a unit's own percent (docs/year-end.md, 4)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services import recorded
from branches.refusals import told_at

from ..deciding.cap_units import read_cap_units
from ..deciding.choices import NAMED
from ..models import CapOverride, Cycle, UnitCap
from ..rules import read_scheme
from .cycles import locked_for_change, require_open
from .organization_refusals import REFUSALS

ACTION = "override_cap"


@recorded
def give_places(cycle, unit, *, person_class="", places, reason, document="", by, on, at):
    """Give a cap unit places beyond the cap, by name and for a reason; after the lock too, for
    re-ratings.

    Returns the CapOverride. Raises PermissionDenied; ValidationError by field.
    """
    _require_right(unit, by=by, on=on)
    cycle = Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.pk)
    by_class = read_scheme(cycle.scheme.definition).cap_by_class
    if not cycle.branches.filter(unit=unit).exists():
        raise ValidationError(_("This unit does not take part in the cycle."))
    if by_class != bool(person_class):
        raise ValidationError({"person_class": _("Choose the class whose cap it is.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why more places are given.")})
    override = CapOverride(
        cycle=cycle,
        unit=unit,
        person_class=person_class,
        places=places,
        reason=reason,
        document=document,
        given_by=by,
        given_at=at,
    )
    override.full_clean()
    override.save()
    return override


@recorded
def withdraw_places(override, *, reason, by, on, at):
    """Withdraw places that were given. Raises PermissionDenied; ValidationError when they are
    taken, or were withdrawn before."""
    _require_right(override.unit, by=by, on=on)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the places are withdrawn.")})
    cycle = Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=override.cycle_id)
    given = CapOverride.objects.filter(pk=override.pk, withdrawn_at=None)
    if not given.update(withdrawn_by=by, withdrawn_at=at):
        raise ValidationError(_("These places were withdrawn already."))
    _require_places(cycle, override.unit)


@recorded
def set_unit_cap(unit, *, year, percent, reason, by, on):
    """Give the unit its own percent for a year, or with None that of the rating set again.

    The suggestions say what it does only after another roll-up. Raises PermissionDenied;
    ValidationError: without a reason, after the lock, or when more are decided excellent.
    """
    _require_right(unit, by=by, on=on)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the cap of this unit is changed.")})
    cycles = Cycle.objects.filter(year=year, branches__unit=unit).distinct()
    cycle = locked_for_change(cycles.get()) if cycles.exists() else None
    with told_at("percent", REFUSALS):
        _write_percent(unit, year, percent)
        if cycle:
            require_open(cycle)
            _require_places(cycle, unit)


def _write_percent(unit, year, percent):
    if percent is None:
        UnitCap.objects.filter(unit=unit, year=year).delete()
        return
    cap = UnitCap.objects.filter(unit=unit, year=year).first() or UnitCap(unit=unit, year=year)
    cap.percent = percent
    cap.full_clean()
    cap.save()


def _require_right(unit, *, by, on):
    if not by.may(ACTION, unit, on=on):
        raise PermissionDenied


def _require_places(cycle, unit):
    for cap in read_cap_units(cycle, [unit.pk]):
        if cap.decided_excellent > cap.all_places:
            raise ValidationError(cap_sentence(cap, cap.decided_excellent, cap.all_places))


def refuse_above_cap(changes):
    """Raise ValidationError at `level` when more would be decided excellent somewhere than there
    are places; `changes` are those of `cap_units.cap_after`."""
    if above := [change for change in changes.values() if change.is_refused]:
        sentences = [
            cap_sentence(each.cap, each.decided_excellent, each.all_places)
            for each in above[:NAMED]
        ]
        raise ValidationError({"level": sentences})


def cap_sentence(cap, excellent, places):
    sentence = ngettext(
        "%(unit)s would have %(excellent)d decided excellent and has %(places)d place: decide "
        "fewer excellent, or give more places first, with the reason.",
        "%(unit)s would have %(excellent)d decided excellent and has %(places)d places: decide "
        "fewer excellent, or give more places first, with the reason.",
        places,
    )
    return sentence % {"unit": cap.name, "excellent": excellent, "places": places}
