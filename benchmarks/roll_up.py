"""Roll-up of the ratings, and its floors: one SQL statement that counts attendance by member and
status and tasks by member and outcome, and writes one row a member. No rules, no dates, no JIT.

Two floors. Into the table of the ratings, with its indexes, where a roll-up has to write. Into a
bare table of nothing but these counts: no database that keeps ratings reaches it.
"""

import os
from concurrent.futures import ThreadPoolExecutor
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
TIMES = 5  # the best of so many is taken, of floors and roll-ups alike

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
    members = Member.objects.count()
    same = Result("counts into the table of the ratings", best(lambda: write_floor(SAME_FLOOR)))
    with as_owner():
        bare = Result("counts into a bare table", best(lambda: write_floor(BARE_FLOOR)))
    inline = best(lambda: roll_up_inline(organization, year=year, at=timezone.now()))
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as threads:
        beside = best(lambda: roll_up_by_workers(organization, year, threads, workers))
        list(threads.map(lambda _: connection.close(), range(workers * 10)))
    yield same
    yield bare
    yield Result(f"roll-up of {members:,} by {workers} workers", beside, same, GOAL)
    yield Result(f"roll-up of {members:,} by {workers} workers", beside, bare)
    yield Result(f"roll-up of {members:,} inline, in one process", inline, same)
    yield Result(f"roll-up of {members:,} inline, in one process", inline, bare)


def best(call):
    """Seconds of the quickest of a few calls, each into an empty table of ratings."""
    seconds = []
    for _time in range(TIMES):
        began = perf_counter()
        call()
        seconds.append(perf_counter() - began)
        forget()
    return min(seconds)


def forget():
    UnitYear.objects.all().delete()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE evaluations_rating CASCADE; DROP TABLE IF EXISTS bare_counts")
    RollUp.objects.all().delete()


def write_floor(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(statement)


def roll_up_by_workers(organization, year, threads, workers):
    """What the workers do with the messages of a roll-up, in as many threads: the database does
    the work, each thread waits for it as the process of a worker would."""
    roll_up = plan_roll_up(organization, year=year, at=timezone.now())
    list(threads.map(work_until_done, [roll_up.pk] * workers))


def work_until_done(roll_up_id):
    """Until everybody sees the ratings: no one waits for the statistics of the table, which follow
    in the same worker."""
    while work_on_shard(roll_up_id, at=timezone.now(), published=lambda: None) == 0:
        pass
