"""Starting, planning and publishing roll-ups; the commands; the export."""

import csv
import io
from datetime import UTC, date, datetime
from io import StringIO

import openpyxl
import pytest
import redis
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.models import Organization
from evaluations import exports
from evaluations.models import Rating, RollUp, Scheme, UnitCap, UnitYear
from evaluations.rolling_up import shards
from evaluations.rolling_up.computation import Terms, write_ratings
from evaluations.rolling_up.shards import (
    claim_shard,
    finish_roll_up,
    stalled_roll_ups,
    work_on_shard,
)
from evaluations.rules import read_scheme
from evaluations.services import roll_ups as services
from evaluations.services.roll_ups import (
    RollUpError,
    roll_up_inline,
    start_roll_up,
    wait_for_roll_up,
)
from tests import builders as make
from tests.workers import empty_broker
from workbook.services import import_workbook
from workbook.synthetic import generate_data

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def make_rated(branch, **fields):
    """A member with one task exceeded: excellent, if the cap leaves a place."""
    member = make.make_member(branch, **fields)
    make.make_task(member, branch, 2025, outcome="exceeded")
    return member


@pytest.fixture
def district():
    """Two wards of one branch each, with five members in each."""
    district = make.make_organization("district", code="D")
    for ward in ("W1", "W2"):
        _ward, (branch,) = make.make_ward(ward, parent=district)
        for number in range(5):
            make_rated(branch, code=f"{ward}-M{number}")
    return district


def child(district, code):
    return district.child_placements.get(organization__code=code).organization


def run(name, *options, **streams):
    out = StringIO()
    call_command(name, *options, stdout=out, **streams)
    return out.getvalue()


def waiting_messages():
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        return broker.llen(settings.CELERY_TASK_DEFAULT_QUEUE)


# Starting


def test_messages_are_sent_when_the_transaction_commits(
    district, settings, django_capture_on_commit_callbacks
):
    settings.ROLL_UP_SHARD_MEMBERS = 1
    empty_broker()
    with django_capture_on_commit_callbacks(execute=True):
        roll_up = start_roll_up(district, year=2025, at=NOON)
        assert waiting_messages() == 0
    assert waiting_messages() == 2
    empty_broker()
    assert (roll_up.state, roll_up.units_total, roll_up.as_of) == ("queued", 2, date(2025, 12, 31))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"as_of": date(2026, 1, 1)}, "2026-01-01"),
        ({"as_of": date(2025, 3, 31)}, "2025-03-31"),  # before the organization began
    ],
)
def test_a_roll_up_that_cannot_be_is_refused(options, words):
    ward = make.make_organization("grassroots_committee", since=date(2025, 4, 1))
    with pytest.raises(RollUpError, match=words):
        start_roll_up(ward, year=2025, at=NOON, **options)
    assert not RollUp.objects.exists()


def test_a_scheme_with_which_nobody_can_be_rated_is_refused(district):
    scheme = Scheme.objects.for_year(2025)
    scheme.definition["groups"][0]["points"] = 29
    with pytest.raises(RollUpError, match="100"):
        start_roll_up(district, year=2025, scheme=scheme, at=NOON)


def test_no_scheme_loaded(district):
    Scheme.objects.all().delete()
    with pytest.raises(RollUpError):
        start_roll_up(district, year=2025, at=NOON)


# Planning


def test_units_share_shards_of_about_a_size(settings):
    settings.ROLL_UP_SHARD_MEMBERS = 3
    province = make.make_organization("province")
    for number, size in enumerate((1, 1, 5, 2, 1)):
        _ward, (branch,) = make.make_ward(f"W{number}", parent=province)
        for _member in range(size):
            make.make_member(branch)
    roll_up = roll_up_inline(province, year=2025, at=NOON)
    assert list(roll_up.shards.values_list("number", "units", "members")) == [
        (0, 2, 2),
        (1, 1, 5),
        (2, 1, 2),
        (3, 1, 1),
    ]
    assert roll_up.ratings.count() == 10


def test_a_branch_is_rated_with_its_whole_unit(district):
    branch = child(child(district, "W1"), "W1-1")
    roll_up = roll_up_inline(branch, year=2025, at=NOON)
    assert roll_up.units_total == 1
    make.make_member(make.make_organization(parent=child(district, "W1")))
    again = roll_up_inline(branch, year=2025, at=NOON)
    assert again.ratings.count() == 6
    assert again.ratings.of_organization(branch).count() == 5


def test_nobody_to_rate_is_finished_at_once():
    ward = make.make_organization("grassroots_committee")
    roll_up = roll_up_inline(ward, year=2025, at=NOON)
    assert (roll_up.state, roll_up.units_total) == ("finished", 0)
    assert start_roll_up(ward, year=2025, at=NOON).pk in stalled_roll_ups()


def test_what_two_workers_may_share_is_cut_in_two(tmp_path):
    generate_data(members=2400, year=2025, output=tmp_path)
    import_workbook(tmp_path, effective=date(2025, 12, 31))
    province = Organization.objects.get(code="P")
    ward = Organization.objects.filter(kind="grassroots_committee").first()
    roll_up = start_roll_up(province, year=2025, at=NOON)
    one, other = (shard.members for shard in roll_up.shards.all())
    assert one + other > 2300
    assert abs(one - other) <= 300  # the members of a ward, which is whole
    assert start_roll_up(ward, year=2025, at=NOON).shards.count() == 1


def test_members_of_an_ended_branch_are_warned_of():
    ward = make.make_organization("grassroots_committee")
    ended = make.make_organization(code="X", parent=ward, until=date(2025, 5, 31))
    make.make_member(ended, code="LOST", full_name="Trần Thị Mơ")
    make.make_member(ended, code="GONE", left_on=date(2025, 6, 1), left_reason="deceased")
    roll_up = roll_up_inline(ward, year=2025, at=NOON)
    assert [warning["member"] for warning in roll_up.warnings] == ["LOST"]
    assert not roll_up.ratings.exists()
    assert start_roll_up(ward, year=2025, at=NOON).warnings == roll_up.warnings


def test_members_of_a_branch_to_come_are_warned_of_where_it_is_placed_on_the_day():
    wards = [make.make_organization("grassroots_committee") for _ in range(2)]
    moving, unplaced = (make.make_organization(since=date(2026, 2, 1)) for _ in range(2))
    make.place(moving, wards[0], until=date(2026, 1, 31))
    make.place(moving, wards[1], since=date(2026, 2, 1))
    make.place(unplaced, wards[0], since=date(2026, 2, 1))
    for branch, code in ((moving, "MOVING"), (unplaced, "UNPLACED")):
        make.make_member(branch, code=code)
    found = [roll_up_inline(ward, year=2025, at=NOON).warnings for ward in wards]
    assert [[each["member"] for each in warnings] for warnings in found] == [
        ["MOVING", "UNPLACED"],
        [],
    ]


# Computing and publishing


def test_the_cap_of_a_unit_may_be_its_own(district):
    roll_up_inline(district, year=2025, at=NOON)
    assert not Rating.objects.filter(suggested_level="excellent").exists()
    ward = child(district, "W1")
    UnitCap.objects.create(unit=ward, year=2025, percent=100)
    Rating.objects.filter(member__code="W1-M0")
    for code in ("W1-M0", "W1-M1", "W1-M2"):
        member = Rating.objects.filter(member__code=code).first().member
        make.make_deduction(member, date(2025, 2, 3), 1)
    roll_up = roll_up_inline(district, year=2025, at=NOON)
    best = roll_up.ratings.filter(suggested_level="excellent").order_by("member__code")
    assert [rating.member.code for rating in best] == ["W1-M3", "W1-M4"]


def test_a_trial_writes_elsewhere(district):
    roll_up = start_roll_up(district, year=2025, at=NOON)
    terms = Terms(roll_up.year, roll_up.as_of, read_scheme(roll_up.scheme.definition))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE trial (LIKE evaluations_rating INCLUDING IDENTITY)")
        write_ratings(claim_shard(roll_up.pk), terms, target="trial")
        cursor.execute("SELECT count(*), min(score) FROM trial")
        assert cursor.fetchone() == (10, 100)
        cursor.execute("DROP TABLE trial")
    assert not Rating.objects.exists()


def test_the_latest_is_the_one_that_was_asked_for_last(district):
    first = start_roll_up(district, year=2025, at=NOON)
    second = roll_up_inline(child(district, "W1"), year=2025, at=NOON)
    while work_on_shard(first.pk, at=NOON) is not None:
        pass
    latest = dict(UnitYear.objects.values_list("unit__code", "roll_up"))
    assert latest == {"W1": second.pk, "W2": first.pk}
    shown = Rating.objects.latest(2025).of_organization(district)
    assert shown.filter(roll_up=second).count() == shown.filter(roll_up=first).count() == 5
    assert first.ratings.count() == 10  # what it computed is kept


def test_a_member_found_in_two_units_is_shown_once():
    """The branch stood alone until June, so its unit was the branch; then it joined a ward."""
    ward = make.make_organization("grassroots_committee")
    branch = make.make_organization()
    make.place(branch, ward, since=date(2025, 7, 1))
    make.make_member(branch)
    alone = roll_up_inline(branch, year=2025, as_of=date(2025, 6, 30), at=NOON)
    assert Rating.objects.latest(2025).get().unit == branch
    joined = roll_up_inline(ward, year=2025, at=NOON)
    assert Rating.objects.latest(2025).get().unit == ward
    assert UnitYear.objects.filter(roll_up__in=[alone, joined]).count() == 2


def test_finishing_again_or_early_changes_nothing(district):
    roll_up = start_roll_up(district, year=2025, at=NOON)
    assert not finish_roll_up(roll_up, at=NOON)
    assert work_on_shard(roll_up.pk, at=NOON) is None
    roll_up.refresh_from_db()
    assert roll_up.finished_at == NOON
    assert finish_roll_up(roll_up, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert work_on_shard(roll_up.pk, at=NOON) is None
    roll_up.refresh_from_db()
    assert roll_up.finished_at == NOON


def test_a_worker_waits_for_the_lease_of_another(district, settings):
    settings.ROLL_UP_LEASE_SECONDS = 40
    roll_up = start_roll_up(district, year=2025, at=NOON)
    assert claim_shard(roll_up.pk)
    assert 0 < work_on_shard(roll_up.pk, at=NOON) <= 40
    assert roll_up.pk not in stalled_roll_ups()
    roll_up.shards.update(leased_until=NOON)
    assert roll_up.pk in stalled_roll_ups()
    assert work_on_shard(roll_up.pk, at=NOON) is None


def test_a_shard_whose_workers_always_die_is_given_up(district):
    roll_up = start_roll_up(district, year=2025, at=NOON)
    for _attempt in range(shards.SHARD_ATTEMPTS):
        assert claim_shard(roll_up.pk)
        roll_up.shards.update(leased_until=NOON)
    assert work_on_shard(roll_up.pk, at=NOON) is None
    with pytest.raises(RollUpError) as error:
        wait_for_roll_up(roll_up)
    assert (roll_up.state, roll_up.error) == ("failed", str(error.value))
    assert "1" in roll_up.error
    assert not Rating.objects.latest(2025).exists()


def test_queries_do_not_grow_with_members_or_units(district):
    def count():
        with CaptureQueriesContext(connection) as queries:
            roll_up_inline(district, year=2025, at=NOON)
        return len(queries)

    few = count()
    for ward in ("W3", "W4"):
        _ward, (branch,) = make.make_ward(ward, parent=district)
        for _number in range(10):
            make_rated(branch)
    assert count() == few


# Commands and export


def test_command_says_what_it_did_and_warns(district):
    ended = make.make_organization(parent=child(district, "W1"), until=date(2025, 5, 31))
    make.make_member(ended, code="LOST")
    errors = StringIO()
    said = run("roll_up", "--org=D", "--year=2025", "--inline", stderr=errors)
    assert "10" in said
    assert "LOST" in errors.getvalue()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--org=X", "--year=2025"], "X"),
        (["--org=D", "--year=2025", "--as-of=2025-02-30"], "2025-02-30"),
        (["--org=D", "--year=2025", "--as-of=2024-12-31"], "2024-12-31"),
        (["--org=D", "--year=2025", "--scheme=x"], "qd366-2025"),
        (["--org=D", "--year=1"], "1930"),
    ],
)
def test_command_refuses_with_a_sentence(district, options, words):
    with pytest.raises(CommandError, match=words):
        run("roll_up", *options, "--inline")
    assert not RollUp.objects.exists()


def test_command_uses_the_scheme_and_the_cut_off_named(district):
    run("roll_up", "--org=D", "--year=2025", "--as-of=2025-06-30", "--scheme=hd21-2019", "--inline")
    roll_up = RollUp.objects.get()
    assert (roll_up.as_of, roll_up.scheme.key) == (date(2025, 6, 30), "hd21-2019")


def test_waiting_without_workers_ends(district, monkeypatch):
    monkeypatch.setattr(services, "WARN_SECONDS", 0.1)
    monkeypatch.setattr(services, "PATIENCE_SECONDS", 0.3)
    errors = StringIO()
    with pytest.raises(CommandError):
        run("roll_up", "--org=D", "--year=2025", stderr=errors)
    assert errors.getvalue()
    assert RollUp.objects.get().state == "queued"


def test_csv_and_xlsx_hold_the_same(district, tmp_path):
    member = make.make_member(child(child(district, "W1"), "W1-1"), code="A-NEW")
    make.make_status(member, since=date(2025, 3, 1))
    roll_up_inline(district, year=2025, at=NOON)
    for name in ("ratings.csv", "ratings.xlsx"):
        run("export_ratings", "--org=D", "--year=2025", f"--output={tmp_path / name}")
    written = (tmp_path / "ratings.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbfmember_code,branch_code,")
    assert b"\r" not in written
    assert b'"' not in written
    heading, *rows = csv.reader(io.StringIO(written.decode("utf-8-sig")))
    assert heading == list(exports.COLUMNS)
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    exempt = dict(zip(heading, rows[0], strict=True))
    assert (exempt["rated"], exempt["not_rated_reason"], exempt["capped"]) == ("0", "exempt", "0")
    assert exempt["points_conduct"] == exempt["score"] == exempt["level"] == ""
    sheet = openpyxl.load_workbook(tmp_path / "ratings.xlsx").active
    as_text = [
        [_as_written(heading[column], value) for column, value in enumerate(row)]
        for row in sheet.iter_rows(min_row=2, values_only=True)
    ]
    assert as_text == rows


def _as_written(column, value):
    if value is None:
        return ""
    if column.startswith(exports.POINTS):
        return f"{value:.2f}"
    return str(value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--org=X", "--year=2025", "--output=a.csv"], "X"),
        (["--org=D", "--year=2025", "--output=a.csv"], "D"),  # nothing rolled up yet
    ],
)
def test_nothing_to_export_is_an_error(district, options, words):
    with pytest.raises(CommandError, match=words):
        run("export_ratings", *options)


def test_export_needs_a_known_kind_of_file_and_a_folder_that_exists(district, tmp_path):
    roll_up_inline(district, year=2025, at=NOON)
    for name in ("ratings.pdf", "nowhere/ratings.csv"):
        with pytest.raises(CommandError):
            run("export_ratings", "--org=D", "--year=2025", f"--output={tmp_path / name}")


def test_more_than_a_sheet_holds_is_refused(district, monkeypatch):
    roll_up_inline(district, year=2025, at=NOON)
    monkeypatch.setattr(exports, "SHEET_ROWS", 3)
    with pytest.raises(exports.ExportError, match="CSV"):
        exports.write_xlsx(Rating.objects.latest(2025), io.BytesIO())


@pytest.mark.parametrize("command", ["roll_up", "export_ratings"])
def test_years_that_are_none(district, command, tmp_path):
    more = ["--inline"] if command == "roll_up" else [f"--output={tmp_path / 'x.csv'}"]
    for year in (-5, 0, 18, 1929, 2101, 99999):
        with pytest.raises(CommandError, match="--year"):
            call_command(command, f"--org={district.code}", f"--year={year}", *more)
