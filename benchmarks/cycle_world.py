"""What a year end has behind it that no service writes at once: the votes of all branches, and the
years before, with what was decided in them."""

from contextlib import contextmanager
from datetime import date

from django.db import connection, transaction

from config.ownership import as_owner
from evaluations.models import Cycle, RollUp, Vote

EARLIER = 4  # years before, with the year itself five in a row
EARLIER_TABLES = (
    "evaluations_cyclebranch", "evaluations_appraisal", "evaluations_decision", "evaluations_cycle",
)  # fmt: skip
STEPS_SQL = """
INSERT INTO evaluations_stepdone (cycle_branch_id, kind, done_at, done_by_id, note)
SELECT s.cycle_branch_id, s.kind, %(at)s, %(by)s, 'benchmark'
FROM evaluations_branchstep s
JOIN evaluations_cyclebranch b ON b.id = s.cycle_branch_id
WHERE b.cycle_id = %(cycle)s AND NOT s.done AND s.kind = ANY (%(kinds)s)
"""
VOTES_SQL = """
INSERT INTO evaluations_vote (
    cycle_branch_id, round, ballot, held_on, convened, away, absent_exempt, present, issued,
    returned, invalid, nobody_stood, is_secret, tellers, recorded_by_id, recorded_at
)
SELECT DISTINCT b.id, 1, 1, %(on)s::date, 10, 0, 0, 10, 10, 10, 0, false, true, '', %(by)s, %(at)s
FROM evaluations_cyclebranch b
JOIN evaluations_appraisal a ON a.cycle_branch_id = b.id
WHERE b.cycle_id = %(cycle)s AND (a.rated OR a.not_rated_reason = 'no_results')
"""
COUNTS_SQL = """
INSERT INTO evaluations_votecount (
    vote_id, appraisal_id, excellent, good, completed, failed, blank
)
SELECT
    v.id, a.id,
    CASE WHEN a.suggested_level = 'excellent' THEN 10 ELSE 0 END,
    CASE WHEN a.suggested_level IN ('good', '') THEN 10 ELSE 0 END,
    CASE WHEN a.suggested_level = 'completed' THEN 10 ELSE 0 END,
    CASE WHEN a.suggested_level = 'failed' THEN 10 ELSE 0 END,
    0
FROM evaluations_vote v
JOIN evaluations_appraisal a USING (cycle_branch_id)
WHERE a.cycle_id = %(cycle)s AND (a.rated OR a.not_rated_reason = 'no_results')
"""
# A year before: the ratings of the year, some of them worse, and the decisions on them.
RATINGS_SQL = """
INSERT INTO evaluations_rating (roll_up_id, level, suggested_level, {columns})
SELECT
    %(roll_up)s,
    CASE WHEN member_id %% 17 = %(year)s %% 17 AND rated THEN 'completed' ELSE level END,
    CASE WHEN member_id %% 17 = %(year)s %% 17 AND rated THEN 'completed' ELSE suggested_level END,
    {columns}
FROM evaluations_rating WHERE roll_up_id = %(like)s
"""
LATEST_SQL = """
INSERT INTO evaluations_unityear (unit_id, year, roll_up_id)
SELECT unit_id, %(year)s, %(roll_up)s FROM evaluations_unityear WHERE roll_up_id = %(like)s
"""
CYCLE_SQL = """
INSERT INTO evaluations_cyclebranch (cycle_id, branch_id, year, unit_id, section_id)
SELECT %(cycle)s, branch_id, %(year)s, unit_id, section_id
FROM evaluations_cyclebranch WHERE cycle_id = %(like)s;
INSERT INTO evaluations_appraisal (
    cycle_id, cycle_branch_id, member_id, person_class, rating_id, rated, not_rated_reason,
    suggested_level, voted_level
)
SELECT
    %(cycle)s, b.id, r.member_id, r.person_class, r.id, r.rated, r.not_rated_reason,
    r.suggested_level, ''
FROM evaluations_rating r
JOIN evaluations_cyclebranch b ON b.cycle_id = %(cycle)s AND b.branch_id = r.branch_id
WHERE r.roll_up_id = %(roll_up)s;
INSERT INTO evaluations_decision (
    appraisal_id, revision, cause, level, rating_id, grounds, reason, document, decided_on, changes,
    decided_by_id, decided_at
)
SELECT
    id, 1, 'decision', suggested_level, rating_id, '{vote}', 'benchmark', '', %(cut_off)s, '[]',
    %(by)s, %(at)s
FROM evaluations_appraisal WHERE cycle_id = %(cycle)s AND rated;
UPDATE evaluations_appraisal a SET decision_id = d.id
FROM evaluations_decision d WHERE d.appraisal_id = a.id AND a.cycle_id = %(cycle)s
"""


def do_steps(cycle, kinds, *, by, at):
    """All branches do these steps."""
    with transaction.atomic():
        _run(STEPS_SQL, cycle=cycle.pk, kinds=list(kinds), by=by.pk, at=at)


def write_votes(cycle, *, by, on, at):
    """All branches vote as the roll-up suggests, on one ballot; nothing is settled yet."""
    _run(VOTES_SQL, cycle=cycle.pk, by=by.pk, on=on, at=at)
    _run(COUNTS_SQL, cycle=cycle.pk)


def voted_branches(cycle):
    rows = Vote.objects.filter(cycle_branch__cycle=cycle).order_by("cycle_branch")
    return list(rows.values_list("cycle_branch", flat=True).distinct())


def add_earlier_years(cycle, run, *, by, at):
    """Years before the cycle, with ratings and decisions like those of its roll-up `run`."""
    with as_owner(), _without_triggers(), transaction.atomic():
        for year in range(cycle.year - EARLIER, cycle.year):
            _add_year(cycle, run, year, by=by, at=at)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ANALYZE evaluations_rating, {', '.join(EARLIER_TABLES)}")


def _add_year(cycle, run, year, *, by, at):
    cut_off = date(year, 12, 31)
    shared = {"organization": cycle.organization, "year": year, "scheme": cycle.scheme}
    made = RollUp.objects.create(
        as_of=cut_off, state="finished", requested_at=at, finished_at=at, **shared
    )
    names = _rating_columns()
    _run(RATINGS_SQL.format(columns=", ".join(names)), roll_up=made.pk, year=year, like=run.pk)
    _run(LATEST_SQL, roll_up=made.pk, year=year, like=run.pk)
    before = Cycle.objects.create(cut_off=cut_off, opened_at=at, opened_by=by, **shared)
    values = {"cycle": before.pk, "like": cycle.pk, "roll_up": made.pk, "year": year}
    _run(CYCLE_SQL, cut_off=cut_off, by=by.pk, at=at, **values)


def _rating_columns():
    left_out = {"id", "roll_up_id", "level", "suggested_level"}
    fields = RollUp._meta.get_field("ratings").related_model._meta.concrete_fields
    return [field.column for field in fields if field.column not in left_out]


@contextmanager
def _without_triggers():
    """What is copied was checked when it was first written."""
    _switch_triggers("DISABLE")
    try:
        yield
    finally:
        _switch_triggers("ENABLE")


def _switch_triggers(state):
    for table in EARLIER_TABLES:
        _run(f"ALTER TABLE {table} {state} TRIGGER USER")


def _run(statement, **values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
