"""The values of a rating set one by one, and what differs between two versions."""

import json
from copy import deepcopy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules import SchemeError, read_scheme
from evaluations.rules.scheme_values import Difference, differences, read_values, write_values
from evaluations.services.schemes import SCHEMES_DIR


def definition(name="qd366-2025"):
    return json.loads((SCHEMES_DIR / f"{name}.json").read_text())


def test_every_value_has_a_path():
    values = read_values(definition())
    assert values["groups.results"] == 70
    assert values["criteria.tasks"] == 40
    assert values["group_of.tasks"] == "results"
    assert values["meeting_kinds"] == {"regular", "thematic"}
    assert values["review_credit.good"] == Decimal("0.8")
    assert values["min.excellent"] == 90
    assert values["cap.base"] == "good"
    assert values["conditions.cadre_not_above_branch"] is None
    assert len(values) == 2 + 5 + 5 + 1 + 1 + 4 + 4 + 3 + 3 + 3 + 3


@given(
    st.fixed_dictionaries(
        {
            "groups.common": st.integers(1, 99).map(Decimal),
            "criteria.tasks": st.decimals(0, 50, places=4),
            "criteria.review": st.sampled_from([Decimal(0), Decimal("33.3333")]),
            "excused_credit": st.decimals(0, 1, places=2),
            "meeting_kinds": st.sets(st.sampled_from(["regular", "residents"])).map(frozenset),
            "min.good": st.decimals(0, 100, places=2),
            "cap.percent": st.decimals(0, 100, places=1),
            "cap.by_class": st.booleans(),
            "conditions.cadre_not_above_branch": st.sampled_from([None, 0, 1]),
            "conditions.shortcomings_mended": st.booleans(),
        }
    )
)
def test_what_is_written_is_read_again(changed):
    changed["groups.results"] = 100 - changed["groups.common"]
    former = definition()
    written = json.loads(json.dumps(write_values(former, read_values(former) | changed)))
    values = read_values(written)
    assert {path: values[path] for path in changed} == changed
    told = (
        {each.path for each in differences(former, written)}
        - {"group_of.tasks"}
        - {"group_of.review"}
    )
    assert told == {path for path in changed if read_values(former)[path] != changed[path]}
    assert former == definition()


def test_writing_the_same_values_changes_nothing():
    for name in ("hd21-2019", "hd25-2023", "qd366-2025"):
        former = definition(name)
        written = write_values(former, read_values(former))
        assert read_scheme(written) == read_scheme(former)
        assert differences(former, written) == []


def test_differences_are_told_in_the_order_of_the_values():
    changed = deepcopy(definition())
    changed["cap"]["percent"] = "25"
    changed["groups"][0]["points"], changed["groups"][1]["points"] = 40, 60
    changed["meeting_kinds"] = ["regular"]
    assert differences(definition(), changed) == [
        Difference("groups.common", Decimal(30), Decimal(40)),
        Difference("groups.results", Decimal(70), Decimal(60)),
        Difference("meeting_kinds", frozenset({"regular", "thematic"}), frozenset({"regular"})),
        Difference("cap.percent", Decimal(20), Decimal(25)),
    ]


def test_a_criterion_that_is_no_more_used_leaves_its_group():
    changed = deepcopy(definition())
    changed["groups"][1]["criteria"][2]["points"] = 0
    assert differences(definition(), changed) == [
        Difference("criteria.review", Decimal(15), Decimal(0)),
        Difference("group_of.review", "results", None),
    ]


def test_a_criterion_that_was_not_named_joins_the_last_group():
    former = definition()
    del former["groups"][1]["criteria"][2]
    written = write_values(former, {"criteria.review": Decimal(5)})
    assert read_scheme(written).group_of["review"] == "results"


def test_a_definition_that_rates_nobody_has_no_values():
    with pytest.raises(SchemeError):
        read_values({"groups": []})
