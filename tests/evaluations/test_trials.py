"""Trials of a rating set: the same ratings as a roll-up, and nothing left behind."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from time import perf_counter

import pytest
from django.db import connection, transaction
from psycopg2 import sql

from accounts.choices import Role
from branches.models import Organization
from evaluations.models import Rating, RollUp, Scheme, UnitYear
from evaluations.rules import SchemeError
from evaluations.services.roll_ups import roll_up_inline
from evaluations.trials import trial_ratings
from evaluations.trials.runs import Trial, compute
from tests import builders as make
from workbook.services import import_workbook
from workbook.synthetic import generate_data

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LAST_DAY = date(2025, 12, 31)


@pytest.fixture
def district():
    """Two wards of one branch each, with five members in each; those of W1 exceeded a task."""
    district = make.make_organization("district", code="D")
    for ward, outcome in (("W1", "exceeded"), ("W2", "met")):
        _ward, (branch,) = make.make_ward(ward, parent=district)
        for number in range(5):
            member = make.make_member(branch, code=f"{ward}-M{number}")
            make.make_task(member, branch, 2025, outcome=outcome)
    return district


def read_all(table, roll_up=None):
    """The rows of a table of ratings, without what differs from run to run."""
    query = sql.SQL(
        "SELECT to_jsonb(r) - 'id' - 'roll_up_id' FROM {} r"
        " WHERE %s IS NULL OR roll_up_id = %s ORDER BY member_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(query.format(sql.Identifier(table)), [roll_up, roll_up])
        return [json.loads(row) for (row,) in cursor.fetchall()]


def try_out(organization, scheme, **options):
    with trial_ratings(organization, year=2025, as_of=LAST_DAY, scheme=scheme, **options) as table:
        return read_all(table)


def everything():
    """Rows of every table, and where every sequence stands."""
    count = sql.SQL("SELECT {}, count(*) FROM {}")
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        counts = [count.format(sql.Literal(name), sql.Identifier(name)) for name in names]
        cursor.execute(sql.SQL(" UNION ALL ").join(counts))
        rows = dict(cursor.fetchall())
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences")
        return rows, dict(cursor.fetchall())


@pytest.mark.django_db
def test_the_scheme_of_the_roll_up_gives_its_ratings(district):
    roll_up = roll_up_inline(district, year=2025, at=NOON)
    stored = read_all("evaluations_rating", roll_up.pk)
    assert len(stored) == 10
    assert try_out(district, roll_up.scheme) == stored


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rated_before", [True, False])
def test_a_trial_leaves_nothing_behind(district, rated_before):
    if rated_before:
        roll_up_inline(district, year=2025, at=NOON)
    before = everything()
    assert len(try_out(district, Scheme.objects.for_year(2025))) == 10
    assert everything() == before


@pytest.mark.django_db
def test_inside_a_transaction_it_is_undone_alone(district):
    with transaction.atomic():
        make.make_organization(code="KEPT")
        try_out(district, Scheme.objects.for_year(2025))
        try_out(district, Scheme.objects.for_year(2025))
    make.make_organization(code="ALSO")
    assert not RollUp.objects.exists()
    assert not UnitYear.objects.exists()
    assert not Rating.objects.exists()
    assert district._meta.model.objects.filter(code__in=["KEPT", "ALSO"]).count() == 2


@pytest.mark.django_db
def test_a_scheme_with_which_nobody_can_be_rated(district):
    scheme = Scheme.objects.for_year(2025)
    scheme.definition["groups"][0]["points"] = 29
    with pytest.raises(SchemeError, match="100"):
        try_out(district, scheme)
    assert not RollUp.objects.exists()


@pytest.mark.django_db
def test_what_an_unsaved_scheme_would_suggest(district):
    scheme = Scheme(definition=Scheme.objects.for_year(2025).definition)
    scheme.definition["cap"]["percent"] = 0
    said = []
    rows = try_out(district, scheme, progress=lambda done, total: said.append((done, total)))
    assert [row["suggested_level"] for row in rows] == ["good"] * 10
    assert sum(row["capped"] for row in rows) == 5
    assert said == [(0, 10), (10, 10)]


@pytest.mark.django_db(transaction=True)
def test_it_takes_no_longer_than_three_roll_ups_and_leaves_nothing(tmp_path):
    """With all that its page tells. `make bench` says it of 100,000 members."""
    generate_data(members=5000, year=2025, output=tmp_path)
    import_workbook(tmp_path, effective=LAST_DAY)
    province, user = Organization.objects.get(code="P"), make.make_user("ban")
    make.grant(user, Role.BOARD, province)
    roll_up, rolling_up = timed(lambda: roll_up_inline(province, year=2025, at=NOON))
    definition = deepcopy(roll_up.scheme.definition)
    definition["min"]["excellent"] = 95
    trial = Trial(
        user=user.pk,
        organization=province.pk,
        year=2025,
        as_of=LAST_DAY,
        scheme=roll_up.scheme_id,
        definition=definition,
        asked_at=NOON,
        told_at=NOON,
    )
    before = everything()
    result, trying = timed(lambda: compute(trial, user=user, on=LAST_DAY))
    assert result.changed
    assert everything() == before
    assert trying < 3 * rolling_up


def timed(call):
    """(what it returns, seconds)"""
    began = perf_counter()
    return call(), perf_counter() - began
