"""Roll-up of the ratings, and its floors: one SQL statement that counts attendance by member and
status and tasks by member and outcome, and writes one row a member. No rules, no dates, no JIT.

Two floors. Into the table of the ratings, with its indexes, where a roll-up has to write. Into a
bare table of nothing but these counts: no database that keeps ratings reaches it.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from statistics import median
from time import perf_counter

from django.db import connection, transaction
from django.utils import timezone

from branches.models import Member, Organization
from config.ownership import as_owner
from evaluations.models import RollUp, UnitYear
from evaluations.rolling_up.shards import work_on_shard
from evaluations.services.roll_ups import plan_roll_up, roll_up_inline

from .results import Result

GOAL = 2
TIMES = 5
FEW, TIMES_OF_FEW = 20_000, 25  # of few members a roll-up is short: what disturbs it shows more

COUNTS = """
SELECT m.id, m.person_class, a.present, a.excused, a.unexcused, t.exceeded, t.met, t.late, t.unmet
FROM branches_member m
LEFT JOIN (
    SELECT
        member_id,
        count(*) FILTER (WHERE status = 'present') AS present,
        count(*) FILTER (WHERE status = 'excused') AS excused,
        count(*) FILTER (WHERE status = 'unexcused') AS unexcused
    FROM branches_attendance
    GROUP BY member_id
) a ON a.member_id = m.id
LEFT JOIN (
    SELECT
        member_id,
        count(*) FILTER (WHERE outcome = 'exceeded') AS exceeded,
        count(*) FILTER (WHERE outcome = 'met') AS met,
        count(*) FILTER (WHERE outcome = 'late') AS late,
        count(*) FILTER (WHERE outcome = 'unmet') AS unmet
    FROM assignments_task
    GROUP BY member_id
) t ON t.member_id = m.id
"""
BARE_FLOOR = "CREATE TABLE bare_counts AS" + COUNTS
SAME_FLOOR = """
INSERT INTO evaluations_rating (
    roll_up_id, member_id, branch_id, unit_id, person_class, rated, not_rated_reason,
    held, present, excused, unexcused, unrecorded, missed_months, duty_required, duty_credited,
    tasks_total, tasks_exceeded, tasks_met, tasks_late, tasks_unmet, tasks_pending, disciplines,
    points_conduct, points_attendance, points_tasks, score, level, capped, suggested_level,
    needs_decision
)
SELECT
    0, id, 0, id / 1000, person_class, true, '',
    0, coalesce(present, 0), coalesce(excused, 0), coalesce(unexcused, 0), 0, 0, 0, 0,
    0, coalesce(exceeded, 0), coalesce(met, 0), coalesce(late, 0), coalesce(unmet, 0), 0, 0,
    20, 10, 70, 100, 'good', false, 'good', false
FROM (COUNTS) counts
""".replace("COUNTS", COUNTS)


def measure_roll_up(code, *, year):
    """Roll up the organization of the code, which holds everybody; yields Results."""
    organization = Organization.objects.get(code=code)
    members, workers = Member.objects.count(), os.cpu_count() or 1
    with worker_processes() as processes:
        floor, inline, beside = in_turn(
            lambda: write_floor(SAME_FLOOR),
            lambda: roll_up_inline(organization, year=year, at=timezone.now()),
            lambda: roll_up_by_workers(organization, year, processes),
            times=TIMES if members > FEW else TIMES_OF_FEW,
        )
    with as_owner():
        (bare_floor,) = in_turn(lambda: write_floor(BARE_FLOOR), times=TIMES)
    same = Result("counts into the table of the ratings", floor)
    bare = Result("counts into a bare table", bare_floor)
    yield same
    yield bare
    yield Result(f"roll-up of {members:,} by {workers} workers", beside, same, GOAL)
    yield Result(f"roll-up of {members:,} by {workers} workers", beside, bare)
    yield Result(f"roll-up of {members:,} inline, in one process", inline, same)
    yield Result(f"roll-up of {members:,} inline, in one process", inline, bare)


def in_turn(*calls, times=TIMES):
    """Seconds of each call, the middle one of `times`, each into an empty table of ratings. They
    take turns, so that what else the machine does falls on all of them."""
    seconds = [[] for _call in calls]
    for _time in range(times):
        for call, of_call in zip(calls, seconds, strict=True):
            began = perf_counter()
            call()
            of_call.append(perf_counter() - began)
            forget()
    return [median(of_call) for of_call in seconds]


def forget():
    UnitYear.objects.all().delete()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE evaluations_rating CASCADE; DROP TABLE IF EXISTS bare_counts")
    RollUp.objects.all().delete()


def write_floor(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(statement)


def seconds_by_workers(organization, year):
    """Of a roll-up by as many workers as there are processors, for others to be compared to."""
    with worker_processes() as processes:
        (seconds,) = in_turn(lambda: roll_up_by_workers(organization, year, processes))
    return seconds


@contextmanager
def worker_processes():
    """A process for each processor, as workers are. They begin without a connection of this one."""
    connection.close()
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as processes:
        list(processes.map(abs, range(workers)))  # begins all of them
        yield processes


def roll_up_by_workers(organization, year, processes):
    """What the workers do with the messages of a roll-up."""
    roll_up = plan_roll_up(organization, year=year, at=timezone.now())
    list(processes.map(work_until_done, [roll_up.pk] * (os.cpu_count() or 1)))


def work_until_done(roll_up_id):
    """Until everybody sees the ratings: no one waits for the statistics of the table, which follow
    in the same worker."""
    while work_on_shard(roll_up_id, at=timezone.now(), published=lambda: None) == 0:
        pass
