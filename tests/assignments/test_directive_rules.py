from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from assignments.duty import visits_asked
from assignments.forms.numbers import NumberField
from branches.periods import period

LAST = date(2025, 12, 31)


@pytest.mark.parametrize(
    ("since", "until", "visits", "each", "up_to", "asked"),
    [
        (date(2016, 4, 1), None, 1, "month", LAST, 12),
        (date(2016, 4, 1), None, 2, "month", date(2025, 3, 31), 6),
        (date(2025, 3, 17), None, 1, "month", date(2025, 3, 31), 0),  # 15 of 31 days
        (date(2025, 3, 16), None, 1, "month", date(2025, 3, 31), 1),  # 16 of 31
        (date(2025, 1, 1), date(2025, 6, 30), 6, "year", LAST, 3),
        (date(2025, 1, 1), None, 1, "quarter", date(2025, 5, 1), 1),
        (date(2026, 1, 1), None, 1, "month", LAST, 0),
        (date(2016, 1, 1), date(2024, 12, 31), 1, "month", LAST, 0),
        (date(2025, 1, 1), None, 0, "month", LAST, 0),
    ],
)
def test_visits_asked(since, until, visits, each, up_to, asked):
    days = period(since, until)
    assert visits_asked(days, visits=visits, each=each, year=2025, until=up_to) == asked


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("vi", "1.000", "1000"),
        ("vi", "710,5", "710.5"),
        ("vi", "1.234.567,25", "1234567.25"),
        ("vi", "1000", "1000"),
        ("vi", "1 000", "1000"),
        ("vi", "007", "7"),
        ("en", "1,000", "1000"),
        ("en", "710.5", "710.5"),
    ],
)
def test_numbers_are_read_in_the_language(language, text, value):
    with translation.override(language):
        assert NumberField().clean(text) == Decimal(value)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("vi", "710.5"),
        ("vi", "1,000.5"),
        ("vi", "1.00"),
        ("vi", "-5"),
        ("vi", "1e5"),
        ("vi", "NaN"),
        ("vi", "٣"),
        ("vi", "0,00001"),
        ("vi", "9" * 15),
        ("en", "710,5"),
    ],
)
def test_what_could_mean_two_numbers_is_refused(language, text):
    with translation.override(language), pytest.raises(ValidationError):
        NumberField().clean(text)


def test_a_number_is_shown_as_it_is_typed():
    with translation.override("vi"):
        assert NumberField().prepare_value(Decimal("1710.5000")) == "1.710,5"
        assert NumberField(required=False).clean(" ") is None
