"""Columns and constraints that several models share."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
IDENTITY_PATTERN = r"^([0-9]{9}|[0-9]{12})$"
PHONE_PATTERN = r"^\+?[0-9]{8,15}$"
EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+$"


def code_field():
    """A key that people write: 1 to 64 of letters, digits, `.`, `_`, `-`; ordered by code point."""
    return models.CharField(
        _("code"),
        max_length=64,
        unique=True,
        db_collation="C",
        validators=[RegexValidator(CODE_PATTERN)],
    )


def code_constraint(name):
    return models.CheckConstraint(
        condition=Q(code__regex=CODE_PATTERN),
        name=name,
        violation_error_message=_(
            "A code is 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit."
        ),
    )


def identity_number_field():
    """The number of the identity card: 12 digits, 9 on the cards of before; or nothing."""
    return models.CharField(
        _("identity number"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(IDENTITY_PATTERN, _("An identity number has 12 digits, or 9."))],
    )


def phone_field():
    return models.CharField(
        _("phone"),
        max_length=16,
        blank=True,
        validators=[
            RegexValidator(PHONE_PATTERN, _("A phone number has 8 to 15 digits, with + or not."))
        ],
    )


def contact_constraints(model):
    """Identity number, phone and e-mail have their shape or are empty, whoever writes them."""
    return [
        models.CheckConstraint(
            condition=Q(**{field: ""}) | Q(**{f"{field}__regex": pattern}),
            name=f"{model}_{field}_form",
            violation_error_message=message,
        )
        for field, pattern, message in (
            ("identity_number", IDENTITY_PATTERN, _("An identity number has 12 digits, or 9.")),
            (
                "phone",
                PHONE_PATTERN,
                _("A phone number has 8 to 15 digits, with + or not."),
            ),
            ("email", EMAIL_PATTERN, _("This is not an e-mail address.")),
        )
    ]


def choice_constraint(field, choices, name):
    """The column holds one of `choices` (a TextChoices class), whoever writes it."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def year_constraint(name):
    return models.CheckConstraint(
        condition=Q(year__gte=1930, year__lte=2100),
        name=name,
        violation_error_message=_("A year lies between 1930 and 2100."),
    )


def not_empty(field, name):
    """A validity of at least one day: an end before the beginning makes an empty range."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isempty": False}),
        name=name,
        violation_error_message=_("The last day is before the first day."),
    )


def no_overlap(*columns, name, message):
    """Rows that agree in `columns` are never valid on the same day."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((column, RangeOperators.EQUAL) for column in columns),
            ("validity", RangeOperators.OVERLAPS),
        ],
        violation_error_message=message,
    )


class SearchKey(Func):
    """Text in lower case without diacritics, by the database's own immutable function."""

    function = "search_key"
    output_field = models.TextField()


class PersonSortKey(Func):
    """Sort key of a person's name in Vietnamese order: the given name (last word) first."""

    function = "person_sort_key"
    output_field = models.TextField()


class SortKey(Func):
    """Sort key of any text in Vietnamese order."""

    function = "sort_key"
    output_field = models.TextField()
