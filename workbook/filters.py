"""What the lines of a preview are filtered by; it stands in the address."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from branches.filters import Select

from .choices import LineKind
from .models import ImportLine
from .tables import BY_NAME
from .wording import table_word


class LineFilter(filters.FilterSet):
    table = filters.ChoiceFilter(
        label=_("Table"), choices=(), empty_label=_("All tables"), widget=Select
    )
    kind = filters.ChoiceFilter(
        label=_("Kind of row"), choices=LineKind.choices, empty_label=_("Everything"), widget=Select
    )

    class Meta:
        model = ImportLine
        fields = []

    def __init__(self, *args, upload, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["table"].extra["choices"] = [
            (name, table_word(name)) for name in in_order(upload.outcome or upload.counts)
        ]


def in_order(names):
    """Tables in their order, then what is none."""
    order = list(BY_NAME)
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))
