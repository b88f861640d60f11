"""The comparison with the pure rules notices when a rule is missing or wrong in the SQL."""

import shutil
from datetime import date

import pytest
from django.db import transaction

from evaluations.models import Scheme
from evaluations.rolling_up import computation
from evaluations.rules import read_scheme
from tests import worlds
from tests.evaluations.test_sql_twin import differences, make_scheme
from tests.worlds import YEAR

SQL_DIR = computation.SQL_DIR

# (name, file, what it says, what it might say by mistake)
MUTATIONS = [
    ("who leaves on the day still counts", "members",
     "m.left_on > %(as_of)s", "m.left_on >= %(as_of)s"),
    ("six months are 183 days", "members", "interval '6 months'", "interval '183 days'"),
    ("the person class of today", "members",
     "coalesce(earlier.person_class, m.person_class)", "m.person_class"),
    ("any status of the year exempts", "members",
     "max(s.status) FILTER (WHERE s.validity @> %(as_of)s)", "max(s.status)"),
    ("inactive days count", "members",
     "    UNION ALL\n    SELECT member_id, branch_id, %(period)s\n    FROM shard_member\n"
     "    JOIN inactive USING (member_id)\n    WHERE whole\n", ""),
    ("who moved was where they are now all along", "members",
     "    WHERE NOT whole AND s.validity && %(period)s\n", "    WHERE false\n"),
    ("only who moved has inactive days", "members", "    WHERE whole\n", "    WHERE NOT whole\n"),
    ("who is new is not seen", "members",
     "m.admitted_on > %(as_of)s - 190 AND", "m.admitted_on > %(as_of)s - 90 AND"),
    ("every kind of meeting is required", "attendance",
     "AND m.kind = ANY (%(meeting_kinds)s)", ""),
    ("presence as an assigned cadre counts at home", "ratings",
     "a.meeting_id = r.meeting_id AND a.capacity = 'member'", "a.meeting_id = r.meeting_id"),
    ("meetings before one came are required", "attendance",
     "r.branch_id = stay.branch_id AND stay.days @> r.held_on", "r.branch_id = stay.branch_id"),
    ("a month is missed although one came", "ratings",
     "roster.months >> 16 & ~roster.months", "roster.months >> 16"),
    ("who did not come was there", "ratings",
     "roster.recorded - roster.excused - roster.unexcused",
     "roster.recorded - roster.excused"),
    ("assignments merge across gaps", "duty",
     "lower(a.validity) = lag(upper(a.validity)) OVER before\n            AND", ""),
    ("assignments never merge", "duty", ") IS NOT TRUE AS begins", ") IS NULL OR true AS begins"),
    ("duty goes on while inactive", "duty",
     "range_agg(validity * %(period)s) - coalesce(range_agg(inactive.days), '{}') AS days",
     "range_agg(validity * %(period)s) AS days"),
    ("meetings of the own branch are visits to make", "duty",
     "m.held_on, -1, 0", "m.held_on, 0, 0"),
    ("meetings of the own branch are visits made", "duty",
     "AND branch_id IS DISTINCT FROM (", "AND 0 IS DISTINCT FROM ("),
    ("visits due are rounded down", "duty",
     "2 * visits_due * on_duty + length", "2 * visits_due * on_duty"),
    ("unconfirmed visits count", "duty", " AND a.confirmed", ""),
    ("only the target's own meetings count", "duty",
     "ON p.ancestors @> ARRAY[t.target_id]", "ON p.organization_id = t.target_id"),
    ("a period is as long as its days in the year so far", "duty",
     "SELECT next_day - first_day AS length",
     "SELECT least(next_day, %(as_of)s + 1) - first_day AS length"),
    ("a reported task is overdue", "ratings",
     "            WHEN t.state = 'reported' THEN 'pending'\n", ""),
    ("a task without a day was due at once", "ratings",
     "coalesce(t.due_on, %(last_day)s)", "coalesce(t.due_on, %(first_day)s)"),
    ("drafts are tasks", "ratings", "AND t.state NOT IN ('draft', 'cancelled')", ""),
    ("each task weighs the same", "ratings",
     "sum(weight) FILTER (WHERE result <> 'pending')",
     "10000 * count(*) FILTER (WHERE result <> 'pending')"),
    ("reviews of other years count", "results", "AND r.year = %(year)s", ""),
    ("deductions of all time count", "results",
     "d.occurred_on BETWEEN %(first_day)s AND %(as_of)s", "d.occurred_on <= %(as_of)s"),
    ("a later discipline counts", "results",
     "d.decided_on BETWEEN %(first_day)s AND %(as_of)s", "d.decided_on >= %(first_day)s"),
    ("points are shared out over all groups", "ratings",
     "FILTER (WHERE in_group = %(tasks_group)s)", ""),
    ("points are rounded down", "ratings",
     "%(excused_credit)s * excused) + attendance_ad,",
     "%(excused_credit)s * excused),"),
    ("a discipline without results is not rated", "ratings",
     "WHEN lacks_results AND disciplines = 0", "WHEN lacks_results"),
    ("half of the tasks unmet is failed", "ratings",
     "> %(unmet_fail_share)s * tasks", ">= %(unmet_fail_share)s * tasks"),
    ("the minimum itself is too little", "ratings",
     "score >= %(least_good)s", "score > %(least_good)s"),
    ("late tasks forbid to be completed", "ratings",
     "<= %(late_share)s * tasks", "< %(late_share)s * tasks"),
    ("the share is of all instead of the others", "ratings", "THEN 100 + p ELSE", "THEN 100 ELSE"),
    ("classes share one cap", "ratings",
     "CASE WHEN %(cap_by_class)s THEN person_class ELSE '' END AS class", "'' AS class"),
    ("the unit's own percent is ignored", "ratings",
     "coalesce(own.percent, %(cap_percent)s)", "%(cap_percent)s"),
    ("equals at the limit stay", "ratings", "last_place > places", "first_place > places"),
    ("only the score decides about places", "ratings",
     "            score DESC,\n            %(div)s(exceeded * %(share)s, tasks) DESC,",
     "            score DESC,"),
    ("nobody decides where there is no place", "ratings", "greatest(places, 1)", "places"),
    ("half unrecorded is too little known", "ratings",
     "2 * (held - recorded) > held", "2 * (held - recorded) >= held"),
    ("who has no results needs no decision", "ratings", "THEN reason = 'no_results'", "THEN false"),
    ("units are those of today", "plan", "coalesce(earlier.grassroots, o.grassroots)",
     "o.grassroots"),
    ("ended branches are rated", "plan",
     "o.id = p.organization_id AND o.validity @> %(as_of)s", "o.id = p.organization_id"),
    ("a unit that reaches above is cut", "plan",
     "WHERE p.ancestors @> ARRAY[(SELECT id FROM scope)]",
     "WHERE p.ancestors @> ARRAY[%(organization)s::bigint]"),
]  # fmt: skip

# Everything that hd25 and qd366 have in common is odd here.
ODD = {
    "groups": [
        {"key": "a", "points": 40, "criteria": [
            {"key": "conduct", "points": 7},
            {"key": "duty", "points": "12.5"},
            {"key": "review", "points": 9},
        ]},
        {"key": "b", "points": 60, "criteria": [
            {"key": "tasks", "points": 33},
            {"key": "attendance", "points": 11},
        ]},
    ],
    "meeting_kinds": ["regular", "thematic"],
    "excused_credit": "0.3333",
    "task_credit": {"exceeded": "1.25", "met": "1", "late": "0.7", "unmet": "0.05"},
    "review_credit": {"excellent": "1", "good": "0.75", "completed": "0.5", "failed": "0.1"},
    "min": {"excellent": 60, "good": 40, "completed": 20},
    "unmet_fail_share": "0.5",
    "late_share": "0.5",
    "exceeded_share": "0.25",
    "cap": {"percent": 25, "base": "good", "by_class": True},
}  # fmt: skip
RUNS = [  # seed, cut-off date, rating set, organization
    (1, date(YEAR, 12, 31), None, "P"),
    (2, date(YEAR, 8, 20), ODD, "P"),
    (
        3,
        date(YEAR, 12, 31),
        ODD | {"cap": {"percent": 30, "base": "good_or_better", "by_class": False}},
        "S0",
    ),
]


@pytest.mark.django_db
def test_each_mutation_is_noticed(settings, monkeypatch, tmp_path):
    settings.ROLL_UP_SHARD_MEMBERS = 30
    unnoticed = {name: (file, old, new) for name, file, old, new in MUTATIONS}
    assert len(unnoticed) == len(MUTATIONS) >= 20
    for seed, as_of, definition, organization in RUNS:
        world = worlds.make_world(seed, people=200, as_of=as_of)
        with transaction.atomic():
            worlds.save(world)
            scheme = make_scheme(definition) if definition else Scheme.objects.for_year(YEAR)
            expected = worlds.expect(
                world, organization, read_scheme(scheme.definition), as_of=as_of
            )
            run = {"organization": organization, "scheme": scheme, "as_of": as_of}
            assert not is_noticed(expected, **run)
            for name, mutation in list(unnoticed.items()):
                with monkeypatch.context() as patch:
                    patch.setattr(computation, "SQL_DIR", mutate(tmp_path, *mutation))
                    if is_noticed(expected, **run):
                        del unnoticed[name]
            transaction.set_rollback(True)
    assert not unnoticed, "\n".join(unnoticed)


def is_noticed(expected, **run):
    with transaction.atomic():
        found = differences(expected, **run)
        transaction.set_rollback(True)
    return bool(found)


def mutate(tmp_path, file, old, new):
    """A copy of the SQL in which `file` has `new` in place of `old`, which occurs once."""
    folder = tmp_path / "sql"
    shutil.copytree(SQL_DIR, folder, dirs_exist_ok=True)
    path = folder / f"{file}.sql"
    text = path.read_text()
    assert text.count(old) == 1, (file, old)
    path.write_text(text.replace(old, new))
    return folder
