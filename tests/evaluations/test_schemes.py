import json
from copy import deepcopy
from pathlib import Path

import pytest

from evaluations.models import Scheme
from evaluations.rules import Conditions, SchemeError, read_scheme
from evaluations.services import schemes as services
from evaluations.services.schemes import SCHEMES_DIR, load_schemes


def definition():
    return json.loads((SCHEMES_DIR / "qd366-2025.json").read_text())


def problems_of(changed):
    with pytest.raises(SchemeError) as error:
        read_scheme(changed)
    return error.value.problems


def test_a_criterion_without_points_or_not_named_is_not_used():
    scheme = definition()
    scheme["groups"][1]["criteria"][1]["points"] = 0
    del scheme["groups"][1]["criteria"][2]
    read = read_scheme(scheme)
    assert set(read.points) == {"conduct", "attendance", "tasks"}
    assert read.criteria_of("results") == ["tasks"]


def test_conditions_may_be_left_out_each_of_them_and_all():
    scheme = definition()
    assert not read_scheme(scheme).conditions
    scheme["conditions"] = {"head_not_above_unit": True, "cadre_not_above_branch": 1}
    assert read_scheme(scheme).conditions == Conditions(True, 1, False)


@pytest.mark.parametrize(
    ("conditions", "problem"),
    [
        (["head_not_above_unit"], "conditions: an object"),
        ({"beauty": True}, "conditions: unknown: ['beauty']"),
        ({"head_not_above_unit": 1}, "conditions.head_not_above_unit"),
        ({"shortcomings_mended": "yes"}, "conditions.shortcomings_mended"),
        ({"cadre_not_above_branch": 2}, "conditions.cadre_not_above_branch"),
        ({"cadre_not_above_branch": True}, "conditions.cadre_not_above_branch"),
    ],
)
def test_a_condition_that_nobody_knows_is_refused(conditions, problem):
    assert any(problem in each for each in problems_of(definition() | {"conditions": conditions}))


def change(path, value):
    scheme = definition()
    *way, last = path
    part = scheme
    for step in way:
        part = part[step]
    part[last] = value
    return scheme


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (["groups", 0, "points"], 31, "must add to 100"),
        (["groups", 0, "points"], 0, "more than 0 points"),
        (["groups", 0, "criteria", 0, "key"], "attendance", "there twice"),
        (["groups", 0, "criteria", 0, "key"], "charm", "unknown criterion"),
        (["groups", 0, "criteria", 0, "source"], "reviews", "conduct.source"),
        (["groups", 0, "criteria", 0, "points"], -1, "conduct.points"),
        (["groups", 0, "criteria", 0, "points"], "0.00001", "conduct.points"),
        (["groups", 0, "criteria"], [], "needs a criterion with points"),
        (["groups", 1, "key"], "common", "there twice"),
        (["groups"], None, "groups"),
        (["meeting_kinds"], ["dance"], "meeting_kinds"),
        (["excused_credit"], "much", "excused_credit"),
        (["task_credit"], {}, "task_credit.exceeded"),
        (["review_credit", "good"], True, "review_credit.good"),
        (["min"], {"excellent": 90}, "min.good"),
        (["late_share"], "NaN", "late_share"),
        (["cap", "base"], "all", "cap.base"),
        (["cap", "by_class"], "yes", "cap.by_class"),
        (["cap", "percent"], None, "cap.percent"),
    ],
)
def test_what_is_wrong_is_named(path, value, problem):
    assert any(problem in each for each in problems_of(change(path, value)))


def test_conduct_is_needed_in_some_group():
    scheme = definition()
    del scheme["groups"][0]["criteria"][0]
    assert any("conduct" in each for each in problems_of(scheme))


def test_everything_wrong_is_said_at_once():
    assert len(problems_of({})) > 10
    assert len(problems_of("no scheme")) > 10


@pytest.mark.django_db
def test_loading_again_adds_nothing_and_changes_nothing(monkeypatch, tmp_path):
    assert load_schemes() == 0
    changed = deepcopy(definition())
    changed["excused_credit"] = "1"
    (tmp_path / "same-version.json").write_text(json.dumps(changed))
    changed["version"] = 2
    (tmp_path / "next-version.json").write_text(json.dumps(changed))
    monkeypatch.setattr(services, "SCHEMES_DIR", tmp_path)
    assert load_schemes() == 1
    stored = Scheme.objects.filter(key="qd366-2025").order_by("version")
    assert [each.definition["excused_credit"] for each in stored] == ["0.5", "1"]
    assert Scheme.objects.newest().get(key="qd366-2025").version == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("year", "key"),
    [
        (1990, "hd21-2019"), (2018, "hd21-2019"), (2022, "hd21-2019"), (2023, "hd25-2023"),
        (2024, "hd25-2023"), (2025, "qd366-2025"), (2099, "qd366-2025"),
    ],
)  # fmt: skip
def test_the_scheme_of_a_year(year, key):
    assert Scheme.objects.for_year(year).key == key


def test_every_scheme_of_the_software_can_be_used():
    for path in Path(SCHEMES_DIR).glob("*.json"):
        assert read_scheme(json.loads(path.read_text())).group_points
