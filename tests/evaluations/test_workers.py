"""Roll-ups by real workers: any number of them, killed at any moment, give the same bytes.

A worker is frozen from outside by locks that the test holds in the database, until it waits just
where it is to be killed; the application knows nothing of it.
"""

import io
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from branches.models import Organization
from evaluations import exports
from evaluations.models import Rating, RollUp, RollUpShard, UnitYear
from evaluations.rolling_up import shards
from evaluations.services.roll_ups import roll_up_inline, start_roll_up, wait_for_roll_up
from evaluations.services.schemes import load_schemes
from evaluations.tasks import resume_roll_ups
from tests.owner import owner_cursor
from tests.workers import APPLICATION, empty_broker
from workbook.services import import_workbook

CASE = Path(__file__).parents[1] / "cases" / "fuzz-1-2025"
CODE, YEAR = "F1-X", 2025
SMALL_SHARDS = 30  # members: each unit of the case has a shard of its own
SHORT_LEASE = {"ROLL_UP_LEASE_SECONDS": "1"}
FROZEN_WITHIN = 20  # seconds

# A table that the SQL of a shard reads when attendance and duty are done and points are not.
MID_SHARD = "LOCK TABLE evaluations_deduction IN ACCESS EXCLUSIVE MODE"


@pytest.fixture
def organization(transactional_db, settings):
    settings.ROLL_UP_SHARD_MEMBERS = SMALL_SHARDS
    load_schemes()
    import_workbook(CASE, effective=date(2026, 1, 1))
    return Organization.objects.get(code=CODE)


@pytest.fixture
def start(organization):
    return lambda **options: start_roll_up(
        options.pop("organization", organization), year=YEAR, at=timezone.now(), **options
    )


def exported(organization):
    stream = io.StringIO(newline="")
    ratings = Rating.objects.latest(YEAR).of_organization(organization)
    exports.write_csv(ratings, stream)
    return stream.getvalue().encode()


def expected():
    return (CASE / "expected_ratings.csv").read_bytes()


@contextmanager
def held(*statements):
    """Locks taken by another session, let go at the end."""
    parameters = {**connection.get_connection_params(), "application_name": "the test's locks"}
    parameters.pop("cursor_factory", None)
    parameters["options"] = f"-c lock_timeout={FROZEN_WITHIN}s"
    session = psycopg2.connect(**parameters)
    try:
        with session.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        yield
    finally:
        session.close()


def workers_wait_for(table):
    """Whether a worker's session waits for a lock on the table or on one of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE application_name = %(application)s AND datname = current_database()"
            " AND NOT granted AND (relation = %(table)s::regclass"
            " OR relation IS NULL AND query LIKE '%%' || %(table)s || '%%'))",
            {"application": APPLICATION, "table": table},
        )
        return cursor.fetchone()[0]


def wait_until_frozen(*tables):
    """Wait until for each of the tables a worker waits for a lock."""
    deadline = time.monotonic() + FROZEN_WITHIN
    while not all(workers_wait_for(table) for table in tables):
        assert time.monotonic() < deadline, f"no worker waits for {tables}"
        time.sleep(0.05)


def kill_before_the_first_lease(roll_up, start_worker):
    # A claim is one statement, which the server would carry out for a worker that is gone.
    with held("LOCK TABLE evaluations_rollup IN ACCESS EXCLUSIVE MODE"):
        worker = start_worker()
        wait_until_frozen("evaluations_rollup")
        worker.kill()
    assert not RollUpShard.objects.exclude(attempts=0).exists()


def kill_in_the_middle_of_the_sql(roll_up, start_worker):
    with held(MID_SHARD):
        worker = start_worker()
        wait_until_frozen("evaluations_deduction")
        worker.kill()
    assert not Rating.objects.exists()


def kill_before_the_commit(roll_up, start_worker):
    with freeze_later(start_worker, "LOCK TABLE evaluations_rollupshard IN SHARE MODE") as worker:
        wait_until_frozen("evaluations_rollupshard")
        worker.kill()
    assert not RollUpShard.objects.filter(state="done").exists()


def kill_before_the_finish(roll_up, start_worker):
    lock = f"SELECT FROM evaluations_rollup WHERE id = {roll_up.pk:d} FOR NO KEY UPDATE"
    with freeze_later(start_worker, lock) as worker:
        wait_until_frozen("evaluations_rollup")
        worker.kill()
    assert not RollUpShard.objects.exclude(state="done").exists()
    assert not UnitYear.objects.exclude(roll_up=None).exists()


@contextmanager
def freeze_later(start_worker, lock):
    """A worker that holds its first lease is let go, to run into `lock`."""
    with held(MID_SHARD):
        worker = start_worker()
        wait_until_frozen("evaluations_deduction")
        later = held(lock)
        later.__enter__()
    try:
        yield worker
    finally:
        later.__exit__(None, None, None)


def test_inline(organization):
    roll_up_inline(organization, year=YEAR, at=timezone.now())
    assert exported(organization) == expected()


@pytest.mark.parametrize("count", [1, 4])
def test_any_number_of_workers(start, organization, celery_worker, count):
    celery_worker(count)
    roll_up = start()
    assert roll_up.shards.count() > count
    wait_for_roll_up(roll_up)
    assert exported(organization) == expected()


@pytest.mark.parametrize(
    "kill",
    [
        kill_before_the_first_lease,
        kill_in_the_middle_of_the_sql,
        kill_before_the_commit,
        kill_before_the_finish,
    ],
)
def test_a_killed_worker_is_replaced(start, organization, celery_worker, kill):
    roll_up = start()
    kill(roll_up, lambda: celery_worker(env=SHORT_LEASE)[0])
    roll_up.refresh_from_db()
    assert roll_up.state != "finished"
    celery_worker(env=SHORT_LEASE)
    wait_for_roll_up(roll_up)
    assert exported(organization) == expected()


def test_another_worker_that_lives_takes_over(start, organization, celery_worker):
    roll_up = start()
    with held(MID_SHARD):
        first, _second = celery_worker(2, env=SHORT_LEASE)
        wait_until_frozen("evaluations_deduction")
        first.kill()
    wait_for_roll_up(roll_up)
    assert exported(organization) == expected()


def test_beat_finds_a_roll_up_whose_messages_were_lost(start, organization, celery_worker):
    roll_up = start()
    empty_broker()
    celery_worker()
    resume_roll_ups.delay()
    deadline = time.monotonic() + FROZEN_WITHIN
    while RollUp.objects.unfinished().exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    roll_up.refresh_from_db()
    assert roll_up.state == "finished"
    assert exported(organization) == expected()


def test_roll_ups_of_a_district_and_its_ward_take_turns(start, organization, celery_worker):
    ward = Organization.objects.get(code="F1-G0")
    with held(MID_SHARD):
        of_all = start()
        celery_worker()
        wait_until_frozen("evaluations_deduction")
        assert of_all.units.get(shard__state="leased").unit == ward
        empty_broker()  # the second worker has the second roll-up to do, and nothing else
        of_ward = start(organization=ward)
        celery_worker()
        # The ward is being rated: the second roll-up waits for the row of its unit and year.
        wait_until_frozen("evaluations_deduction", "evaluations_unityear")
        assert not Rating.objects.exists()
    for roll_up in (of_all, of_ward):
        wait_for_roll_up(roll_up)
    assert exported(organization) == expected()
    latest = dict(UnitYear.objects.values_list("unit__code", "roll_up"))
    assert latest.pop("F1-G0") == of_ward.pk
    assert set(latest.values()) == {of_all.pk}


def test_whoever_lost_the_lease_cannot_commit(start, organization):
    roll_up = start()
    slow = shards.claim_shard(roll_up.pk)
    RollUpShard.objects.filter(pk=slow.pk).update(leased_until=timezone.now())
    quick = shards.claim_shard(roll_up.pk)
    assert quick.pk == slow.pk
    assert not shards.compute_shard(slow)
    assert shards.compute_shard(quick)
    assert Rating.objects.filter(roll_up=roll_up).exists()


def test_a_shard_that_always_fails_fails_the_roll_up(start, celery_worker):
    roll_up = start()
    with owner_cursor() as cursor:
        cursor.execute("ALTER TABLE evaluations_deduction RENAME COLUMN points TO hidden")
        try:
            celery_worker()
            with pytest.raises(Exception, match="points"):
                wait_for_roll_up(roll_up)
        finally:
            cursor.execute("ALTER TABLE evaluations_deduction RENAME COLUMN hidden TO points")
    roll_up.refresh_from_db()
    assert roll_up.state == "failed"
    assert not UnitYear.objects.exclude(roll_up=None).exists()
