"""Why somebody is not excellent, in one sentence: every ground."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from evaluations.explaining.lines import CapLine
from evaluations.explaining.why_not import why_not_excellent
from evaluations.rules import Condition, LevelStep


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def ladder(score="95", *, total=4, exceeded=2, unmet=0, late=0, disciplines=0):
    """The steps of a rating set with 90, 70, 50 and three tenths of the tasks exceeded."""
    score, needed = Decimal(score), Decimal("0.3") * total

    def condition(kind, value, bound, met):
        return Condition(kind, Decimal(value), Decimal(bound), met)

    no_unmet = condition("unmet_none", unmet, 0, unmet == 0)
    no_late = condition("late_none", late, 0, late == 0)
    return (
        LevelStep("failed", (condition("discipline", disciplines, 0, disciplines > 0),)),
        LevelStep("failed", (condition("score_below", score, 50, score < 50),), needs="any"),
        LevelStep(
            "excellent",
            (
                condition("score_from", score, 90, score >= 90),
                condition("tasks_some", total, 1, total >= 1),
                no_unmet,
                no_late,
                condition("exceeded_from", exceeded, needed, exceeded >= needed),
            ),
        ),
        LevelStep("good", (condition("score_from", score, 70, score >= 70), no_unmet, no_late)),
        LevelStep("completed", (no_unmet,)),
        LevelStep("completed", ()),
    )


def cap(*, places=3, place=5, excellent=12, capped=True, tied=False):
    return CapLine(
        excellent=excellent,
        good=6,
        percent=Decimal(20),
        own=False,
        base="good",
        places=places,
        place=place,
        capped=capped,
        tied=tied,
        person_class="",
    )


def sentence(steps=(), cap_line=None, **values):
    return why_not_excellent(steps=steps, cap=cap_line, **values)


def test_nothing_is_said_of_who_is_excellent():
    assert sentence(ladder()) == ""
    assert sentence(ladder(), cap(capped=False, place=1)) == ""
    assert sentence(ladder(late=1), decided="excellent") == ""


def test_points_that_are_missing_and_where_most_were_lost():
    lost = {"Attendance": Decimal("6.25"), "Tasks": Decimal("1")}
    assert sentence(ladder("87.5"), lost=lost) == (
        "Not excellent because the score 87.50 is 2.50 points short of 90 (most were lost at"
        " “Attendance”: 6.25)."
    )


def test_several_grounds_are_one_sentence():
    assert sentence(ladder("80", unmet=1, late=2, exceeded=0)) == (
        "Not excellent because the score 80.00 is 10.00 points short of 90, 1 task was not met,"
        " 2 tasks were late and 2 more tasks had to be exceeded (0 of the 1.2 needed)."
    )


def test_one_more_task_exceeded():
    assert sentence(ladder(exceeded=1)) == (
        "Not excellent because 1 more task had to be exceeded (1 of the 1.2 needed)."
    )


def test_no_task_counts():
    assert sentence(ladder(total=0, exceeded=0)) == (
        "Not excellent because no task counts in the year."
    )


def test_a_discipline_goes_before_everything_else():
    assert sentence(ladder("40", disciplines=1, unmet=3)) == (
        "Not excellent because of a discipline in the period."
    )


def test_the_cap():
    behind = "Not excellent because the cap leaves 3 places, and this is place 5 of 12."
    assert sentence(ladder(), cap()) == behind
    assert "at its limit several are equal: a person decides" in sentence(ladder(), cap(tied=True))
    assert "too few excellent and good members for a single place" in sentence(
        ladder(), cap(tied=True, places=0, place=1)
    )


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("exempt", "exempt on the cut-off date"),
        ("suspended", "suspended on the cut-off date"),
        ("new_member", "admitted less than six months"),
        ("no_results", "no results to suggest a level from"),
    ],
)
def test_who_is_not_rated(reason, words):
    assert words in sentence(not_rated=reason)


def test_a_decision_or_a_vote_against_the_suggestion():
    assert sentence(ladder(), decided="good", decision_reason="Nhường chỗ.") == (
        "Not excellent because it was decided otherwise than suggested: Nhường chỗ."
    )
    assert sentence(ladder(), decided="good", voted="good", decision_reason="Theo biểu quyết") == (
        "Not excellent because the branch voted otherwise, and so it was decided: Theo biểu quyết."
    )
    assert sentence(ladder(), decided="good") == (
        "Not excellent because it was decided otherwise than suggested."
    )


def test_a_decision_as_the_records_have_it_leaves_their_grounds():
    assert sentence(ladder(late=1), decided="good") == ("Not excellent because 1 task was late.")
