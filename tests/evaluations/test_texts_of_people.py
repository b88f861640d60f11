"""Every text that the application stores is anonymised, or the docs say why it need not be."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, models

from accounts.audited import audited_models
from evaluations.anonymisation import TEXTS, WITH_THE_MEMBER

DOCS = Path(settings.BASE_DIR, "docs", "data-protection.md").read_text(encoding="utf-8")
STAYING = re.compile(r"^\| `(\w+\.\w+)` \| ([\w, ]+) \| \S.*\|$", re.MULTILINE)
HIDDEN = re.compile(r"\('(\w+)', '\w+', [^']+,\s*'\{([\w,]+)\}'\)")
KINDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
# Hold texts and are put right by anonymisation in a way of their own.
IN_THEIR_OWN_WAY = {("branches.Reorganization", "changes")}


def anonymised():
    """{model: names of the columns that go, in the tables and in the trail}."""
    return WITH_THE_MEMBER | {each.model: tuple(each.blank) for each in TEXTS.values()}


def stored_texts():
    return {
        (model._meta.label, field.name)
        for model in audited_models()
        for field in model._meta.concrete_fields
        if isinstance(field, KINDS)
        and not field.choices
        and not isinstance(field, models.GeneratedField)
    }


def test_every_text_goes_or_has_a_reason_to_stay():
    gone = {(model._meta.label, name) for model, names in anonymised().items() for name in names}
    staying = {
        (label, name) for label, names in STAYING.findall(DOCS) for name in names.split(", ")
    }
    texts = stored_texts()
    assert texts - gone - staying == IN_THEIR_OWN_WAY
    assert not staying - texts  # the docs name nothing that is not there
    assert not staying & gone


@pytest.mark.django_db
def test_the_trail_loses_what_the_tables_lose():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('accounts_redact_member'::regproc)")
        (source,) = cursor.fetchone()
    hidden = {table: set(names.split(",")) for table, names in HIDDEN.findall(source)}
    assert hidden == {model._meta.db_table: set(names) for model, names in anonymised().items()}
    assert "SET search_path TO 'pg_catalog', 'public', 'pg_temp'" in source


@pytest.mark.parametrize("name", [*TEXTS, "members"])
def test_the_docs_tell_how_long(name):
    assert f"| `{name}` | {settings.RETENTION_YEARS[name]} |" in DOCS
