"""What was decided, on the board and on the page of a rating."""

from datetime import timedelta

import pytest
from django.urls import reverse

from evaluations.models import Rating, Scheme
from evaluations.services.cycle_steps import finish_step
from evaluations.services.decisions import decide
from tests import builders as make
from tests.pages import HTMX, count_queries, text_of
from tests.year_end import NOON, NOTE, TODAY, YEAR, do_steps, open_small_cycle, vote_simply

pytestmark = pytest.mark.django_db


@pytest.fixture
def small():
    """Two branches of one unit, five members each: the places for excellent are decided on."""
    small = open_small_cycle(units=1, members=5)
    for branch in small.cycle_branches:
        vote_simply(branch, by=small.by)
    return small


@pytest.fixture
def reader(client, small):
    client.force_login(small.by)
    return client


def decide_on(small, appraisals, level, *, reason="Đã xem xét", on=TODAY):
    rows = small.cycle.appraisals.filter(pk__in=[each.pk for each in appraisals])
    return decide(rows, level=level, reason=reason, decided_on=on, by=small.by, on=TODAY, at=NOON)


def board_of(reader, **query):
    return reader.get(reverse("evaluations:board"), {"year": YEAR, **query}).context


def codes(reader, **query):
    rows = board_of(reader, **query)["table"].page.object_list.data
    return [row.member.code for row in rows]


def test_counts_what_was_decided_beside_what_was_suggested(reader, small):
    first, second, *rest = small.appraisals
    decide_on(small, [first], "good")
    decide_on(small, [second], "completed")
    totals = board_of(reader)["board"].totals
    assert (totals.decided["good"], totals.decided["completed"]) == (1, 1)
    assert totals.open == len(rest)
    (cap,) = board_of(reader)["board"].caps
    assert (cap.decided, cap.cycle) == (0, small.cycle.pk)


def test_the_cap_counts_decided_levels_before_suggested_ones(reader, small):
    (before,) = board_of(reader)["board"].caps
    assert (before.excellent, before.good, before.places) == (4, 4, 1)
    decide_on(small, small.appraisals[:5], "completed")
    (cap,) = board_of(reader)["board"].caps
    assert (cap.excellent, cap.good) == (4, 4)
    assert cap.places == 0


def test_ties_are_counted_until_they_are_decided_on(reader, small):
    (cap,) = board_of(reader)["board"].caps
    tied = [each for each in small.appraisals if each.rating.needs_decision and each.rating.capped]
    assert cap.tied == len(tied) == 4
    decide_on(small, [tied[0]], "excellent", reason="Đứng đầu khi lấy phiếu")
    (cap,) = board_of(reader)["board"].caps
    assert (cap.tied, cap.standing, cap.decided) == (3, 1, 1)


def test_filters_by_level_and_difference(reader, small):
    first, second, third, *_rest = small.appraisals
    assert first.suggested_level == "good"  # set back by the cap
    decide_on(small, [first], "excellent")
    decide_on(small, [second], "completed")
    decide_on(small, [third], third.suggested_level)
    for query, found in (
        ({"decided": "excellent"}, [first]),
        ({"difference": "differs"}, [first, second]),
        ({"difference": "higher"}, [first]),
        ({"difference": "lower"}, [second]),
        ({"difference": "same"}, [third]),
    ):
        assert sorted(codes(reader, **query)) == [each.member.code for each in found], query
    assert len(codes(reader, decided="open")) == 7
    best_first = codes(reader, sort="decided")
    assert best_first[0] == first.member.code
    assert set(best_first[1:3]) == {second.member.code, third.member.code}


def test_the_picture_has_a_second_bar_as_soon_as_something_is_decided(reader, small):
    stacks = {series["stack"] for series in board_of(reader)["chart"]["series"]}
    assert stacks == {"suggested"}
    decide_on(small, small.appraisals[:1], "good")
    chart = board_of(reader)["chart"]
    decided = {
        each["label"]: each["data"] for each in chart["series"] if each["stack"] == "decided"
    }
    assert [sum(data) for data in decided.values()] == [0, 1, 0, 0, 9]
    assert chart["addresses"][0].endswith(f"branch={small.branches[0].pk}#list")


def test_a_click_on_a_unit_leads_to_its_own_board(reader):
    other = open_small_cycle(code="E", units=2)
    reader.force_login(other.by)
    chart = board_of(reader)["chart"]
    assert chart["addresses"] == [f"/ratings/?org={unit.pk}&year={YEAR}" for unit in other.units]


def test_on_a_past_day_a_later_decision_is_not_told(reader, small):
    decide_on(small, small.appraisals[:1], "completed")
    totals = board_of(reader, on=(TODAY - timedelta(1)).isoformat())["board"].totals
    assert totals.all_decided == 0
    assert board_of(reader, on=TODAY.isoformat())["board"].totals.all_decided == 1


def test_costs_no_more_with_decisions(reader, small):
    url = f"{reverse('evaluations:board')}?org={small.district.pk}&year={YEAR}"
    few = count_queries(reader, url)
    decide_on(small, small.appraisals, "completed")
    assert count_queries(reader, url) == few <= 12
    assert reader.get(url, headers=HTMX).context["table"]


def rating_page(client, member):
    rating = Rating.objects.filter(member=member).order_by("-pk").first()
    return client.get(reverse("evaluations:rating", args=[rating.pk]))


def test_the_page_says_who_decided_what_and_when(reader, small):
    first = small.appraisals[0]
    decide_on(small, [first], "completed", reason="Chưa tự giác nhận việc")
    decide_on(small, [first], "excellent", reason="Đã xem lại hồ sơ")
    page = text_of(rating_page(reader, first.member))
    for words in ("Chưa tự giác nhận việc", "Đã xem lại hồ sơ", str(small.by), "05/01/2026"):
        assert words in page


def test_the_page_tells_the_conditions_beside_the_points(client):
    definition = Scheme.objects.for_year(YEAR).definition | {
        "conditions": {"shortcomings_mended": True}
    }
    strict = Scheme.objects.create(
        key="strict", name="Bộ tiêu chí chặt", first_year=YEAR, definition=definition
    )
    small = open_small_cycle(units=1, branches=1, scheme=strict)
    client.force_login(small.by)
    page = rating_page(client, small.appraisals[0].member)
    (limit,) = page.context["limits"]
    assert limit.kind == "shortcomings"
    assert str(limit.kind.label) in text_of(page)


def test_members_see_the_decision_on_themselves_after_the_notice(client, small):
    first = small.appraisals[0]
    decide_on(small, small.appraisals, "completed", reason="Theo kết luận của tập thể")
    user = make.make_user(member=first.member)
    client.force_login(user)
    assert rating_page(client, first.member).context["way"] is None
    assert "Theo kết luận của tập thể" not in text_of(rating_page(client, first.member))
    branch = first.cycle_branch
    do_steps(branch, before="notice", by=small.by)
    finish_step(branch, "notice", note=NOTE, by=small.by, on=TODAY, at=NOON)
    assert "Theo kết luận của tập thể" in text_of(rating_page(client, first.member))
    others = small.appraisals[1]
    assert rating_page(client, others.member).status_code == 404


def test_a_secretary_sees_the_decision_on_themselves_before_the_notice(client, small):
    first = small.appraisals[0]
    decide_on(small, [first], "completed")
    user = make.make_user(member=first.member)
    make.grant(user, "secretary", first.cycle_branch.branch)
    client.force_login(user)
    assert rating_page(client, first.member).context["way"].decisions_told
