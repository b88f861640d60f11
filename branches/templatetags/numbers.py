"""Numbers as the reader's language writes them: 1.234,5 in Vietnamese."""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def number(value, places=None):
    """A number with grouped thousands; `places` decimals, or as many as it has. None: a dash."""
    if value is None or value == "":
        return "–"
    if places is not None:
        step = Decimal(1).scaleb(-int(places))
        value = Decimal(value).quantize(step, rounding=ROUND_HALF_UP)
    elif isinstance(value, Decimal):
        value = value.normalize() if value % 1 else value.to_integral_value()
        value = Decimal(format(value, "f"))
    return number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def share(part, whole):
    """`part` of `whole` in percent with one decimal; a dash when there is nothing to divide by."""
    if not whole:
        return "–"
    return f"{number(Decimal(100) * Decimal(part) / Decimal(whole), 1)} %"
