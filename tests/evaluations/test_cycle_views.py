"""The pages of a cycle: how far it is, the work of a branch, what is written of members."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.choices import StepKind
from evaluations.models import (
    Appraisal,
    Comment,
    Cycle,
    Proposal,
    RollUp,
    Scheme,
    SelfReview,
    StepDone,
)
from evaluations.services.cycle_steps import finish_step
from evaluations.services.cycles import open_cycle
from tests import builders as make
from tests.year_end import (
    NOON,
    TODAY,
    YEAR,
    do_steps,
    fill_branch,
    make_everybody,
    open_small_cycle,
    vote_simply,
)

pytestmark = pytest.mark.django_db
OWN_URL = "/my/self-review/"
NOT_RATED = {"not_rated_reason": "exempt", "suggested_level": ""}


def page(client, name, *args, **query):
    response = client.get(reverse(f"evaluations:{name}", args=args), query)
    assert response.status_code == 200, response
    return response.content.decode()


def post(client, name, *args, **data):
    return client.post(reverse(f"evaluations:{name}", args=args), data)


@pytest.fixture
def small():
    return open_small_cycle(units=2, branches=2, members=2)


@pytest.fixture
def staff(client, small):
    client.force_login(small.by)
    return client


def way(row):
    return row.cycle_id, row.branch_id


# The cycle


def test_on_another_day_it_says_that_it_shows_today(staff, small):
    staff.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for name, args in (
        ("cycle", [small.cycle.pk]),
        ("cycle_branch", way(small.cycle_branches[0])),
        ("decisions", [small.cycle.pk]),
    ):
        said = [
            "as it stands today" in page(staff, name, *args, org=small.district.pk, **day)
            for day in ({"on": "2025-12-31"}, {})
        ]
        assert said == [True, False], name


def test_from_elsewhere_it_leads_to_the_organization_of_the_cycle(staff, small):
    elsewhere, _below = make.make_ward()
    make.grant(small.by, "leader", elsewhere)
    for name in ("cycle", "papers"):
        link = f'href="?org={small.district.pk}"'
        said = [
            link in page(staff, name, small.cycle.pk, org=org.pk)
            for org in (elsewhere, small.district)
        ]
        assert said == [True, False], name


def test_the_board_opens_a_cycle_with_its_steps(client):
    ward, (branch,) = make.make_ward()
    fill_branch(branch, 2)
    client.force_login(make_everybody(ward))
    form = {"year": YEAR, "vote_percent": "66.67", "vote_counting": "at_least"}
    form |= {"step_self_review": "on", "due_self_review": "10/12/2025", "due_vote": "20/12/2025"}
    response = post(client, "cycle_open", **form)
    cycle = Cycle.objects.get()
    assert response["Location"].startswith(cycle.get_absolute_url())
    assert cycle.vote_share == Decimal("0.6667")
    assert (cycle.vote_counting, cycle.second_ballot) == ("at_least", False)
    assert dict(cycle.steps.values_list("kind", "due_on")) == {
        "self_review": date(2025, 12, 10),
        "vote": date(2025, 12, 20),
        "decision": None,
    }
    assert cycle.appraisals.count() == 2


def test_a_wrong_order_of_last_days_is_told_at_the_field(client):
    ward, _branches = make.make_ward()
    client.force_login(make_everybody(ward))
    form = {"year": YEAR, "vote_percent": "50", "vote_counting": "each"}
    form |= {"due_vote": "20/12/2025", "due_decision": "10/12/2025"}
    response = post(client, "cycle_open", **form)
    assert set(response.context["form"].errors) == {"due_decision"}


def test_the_page_of_a_cycle_shows_its_units_and_who_is_late(staff, small):
    small.cycle.steps.filter(kind="collective").update(due_on=date(2025, 11, 30))
    finish_step(small.cycle_branches[0], "collective", by=small.by, on=TODAY, at=NOON)
    response = staff.get(small.cycle.get_absolute_url())
    whole = response.context["whole"]
    assert (whole.branches, whole.members, whole.late) == (4, 8, 3)
    collective = whole.steps[StepKind.COLLECTIVE]
    assert (collective.done, collective.total, collective.late) == (1, 4, 3)
    late = {
        unit.code: unit.progress.late for unit in response.context["table"].page.object_list.data
    }
    assert late == {"D-1": 1, "D-2": 2}


def test_the_branches_of_a_unit_that_are_late(staff, small):
    small.cycle.steps.filter(kind="collective").update(due_on=date(2025, 11, 30))
    finish_step(small.cycle_branches[0], "collective", by=small.by, on=TODAY, at=NOON)
    text = page(staff, "cycle", small.cycle.pk, unit=small.units[0].pk)
    assert "D-1-1" in text
    assert "D-1-2" in text
    assert "D-2-1" not in text
    text = page(staff, "cycle", small.cycle.pk, unit=small.units[0].pk, late=1)
    assert "D-1-1" not in text
    assert "D-1-2" in text


def test_the_step_of_the_sub_committee_makes_nobody_late_elsewhere(staff, small):
    small.cycle.steps.filter(kind="section").update(due_on=date(2025, 11, 30))
    response = staff.get(small.cycle.get_absolute_url())
    assert response.context["whole"].late == 0


def test_the_board_changes_steps_and_takes_suggestions(staff, small):
    form = {"vote_percent": "50", "vote_counting": "each", "second_ballot": "on"}
    form |= {"step_vote": "on", "step_decision": "on", "due_vote": "2025-12-20", "note": "HD 43"}
    assert post(staff, "cycle_change", small.cycle.pk, **form).status_code == 302
    assert small.cycle.steps.count() == 2
    assert post(staff, "cycle_draw", small.cycle.pk).status_code == 302
    assert post(staff, "cycle_suggestions", small.cycle.pk).status_code == 302


# The branch


def test_the_page_of_a_branch_leads_to_its_next_step(staff, small):
    row = small.cycle_branches[0]
    do_steps(row, before="proposal", by=small.by)
    response = staff.get(row.get_absolute_url())
    assert response.context["following"].kind == "proposal"
    text = response.content.decode()
    assert reverse("evaluations:proposals", args=way(row)) in text
    assert reverse("evaluations:step_finish", args=[*way(row), "proposal"]) in text


def test_a_step_is_finished_with_a_note_where_somebody_is_missing(staff, small):
    row = small.cycle_branches[0]
    do_steps(row, before="self_review", by=small.by)
    response = post(staff, "step_finish", *way(row), "self_review")
    assert set(response.context["form"].errors) == {"note"}
    response = post(staff, "step_finish", *way(row), "self_review", note="Đi vắng")
    assert response.status_code == 302
    assert row.done.get(kind="self_review").note == "Đi vắng"


def test_a_step_out_of_order_says_which_comes_first(staff, small):
    row = small.cycle_branches[0]
    response = post(staff, "step_finish", *way(row), "vote", note="x")
    (told,) = response.context["form"].non_field_errors()
    assert str(StepKind.COLLECTIVE.label) in told
    assert not row.done.exists()


def test_a_step_is_taken_back_with_its_reason(staff, small):
    row = small.cycle_branches[0]
    do_steps(row, before="self_review", by=small.by)
    assert post(staff, "step_reopen", *way(row), "collective").status_code == 200
    assert post(staff, "step_reopen", *way(row), "collective", reason="Nhầm").status_code == 302
    assert not row.done.exists()


def test_the_unit_does_the_step_of_the_decision(staff, client, small):
    row = small.cycle_branches[0]
    vote_simply(row, by=small.by)
    secretary = make.make_user()
    make.grant(secretary, "secretary", row.branch)
    client.force_login(secretary)
    address = reverse("evaluations:unit_step_finish", args=[*way(row), "decision"])
    assert client.get(address).status_code == 403
    assert address not in page(client, "cycle_branch", *way(row))
    client.force_login(small.by)
    assert address in page(client, "cycle_branch", *way(row))
    assert client.post(address, {"note": "Chờ"}).status_code == 302


def test_a_unit_finishes_its_step_for_all_branches_that_are_through(staff, small):
    first, second, *_others = small.cycle_branches
    Appraisal.objects.filter(cycle_branch=first).update(rated=False, **NOT_RATED)
    for row in (first, second):
        vote_simply(row, by=small.by)
    response = staff.get(small.cycle.get_absolute_url(), {"unit": first.unit_id})
    assert response.context["unit_steps"] == [StepKind.DECISION]
    address = [small.cycle.pk, first.unit_id, "decision"]
    assert post(staff, "unit_step_all", *address).status_code == 302
    assert first.done.filter(kind="decision").exists()
    assert not second.done.filter(kind="decision").exists()
    assert post(staff, "unit_step_all", *address[:2], "vote").status_code == 404


def test_a_roll_up_takes_the_rating_set_of_the_cycle(staff, small):
    other = Scheme.objects.get(key="hd25-2023")
    Cycle.objects.update(scheme=other)
    address = reverse("evaluations:roll_up_start")
    staff.post(f"{address}?org={small.units[0].pk}", {"year": YEAR})
    assert RollUp.objects.latest("pk").scheme == other


# What is written


def review_form(**more):
    points = {"points_common": "28", "points_results": "60.5"}
    texts = dict.fromkeys(("strengths", "shortcomings", "causes", "mended", "plans"), "Tốt")
    return {"level": "good"} | points | texts | more


def test_a_member_writes_a_draft_and_hands_it_in(client, small):
    member = small.appraisals[0].member
    client.force_login(make.make_user(member=member))
    assert client.post(OWN_URL, {"draft": "1", "strengths": "Nháp"}).status_code == 302
    review = SelfReview.objects.get()
    assert (review.strengths, review.submitted_at) == ("Nháp", None)
    seen = client.get(OWN_URL).context["form"]["seen"].value()
    response = client.post(OWN_URL, {"hand_in": "1", "seen": seen})
    assert set(response.context["form"].errors) == {"points_common", "points_results", "level"}
    assert client.post(OWN_URL, review_form(hand_in="1", seen=seen)).status_code == 302
    review.refresh_from_db()
    assert review.submitted_at
    assert review.points == {"common": "28", "results": "60.5"}


def test_what_was_handed_in_stays_when_the_branch_has_done_the_step(client, small):
    appraisal = small.appraisals[0]
    client.force_login(make.make_user(member=appraisal.member))
    client.post(OWN_URL, review_form(hand_in="1"))
    do_steps(appraisal.cycle_branch, before="comments", by=small.by)
    response = client.get(OWN_URL)
    assert response.context["stays"]
    review = SelfReview.objects.get()
    seen = response.context["form"]["seen"].value()
    answer = client.post(OWN_URL, review_form(hand_in="1", seen=seen, level="excellent"))
    assert answer.context["form"].non_field_errors()
    review.refresh_from_db()
    assert review.level == "good"


def test_the_secretary_copies_a_review_from_paper(staff, small):
    appraisal = small.appraisals[0]
    address = reverse("evaluations:self_review_enter", args=[appraisal.pk])
    assert staff.post(address, review_form(hand_in="1")).status_code == 302
    assert SelfReview.objects.get().entered_by == small.by


def test_a_member_without_a_cycle_is_told_what_to_do(client):
    _ward, (branch,) = make.make_ward()
    client.force_login(make.make_user(member=make.make_member(branch)))
    assert client.get(OWN_URL).status_code == 200


def test_the_committee_proposes_for_the_whole_branch_at_once(staff, small):
    row = small.cycle_branches[0]
    first, second = (each for each in small.appraisals if each.cycle_branch_id == row.pk)
    form = {f"level-{first.pk}": "excellent", f"note-{first.pk}": "Nhất trí"}
    form |= {f"level-{second.pk}": "good", f"note-{second.pk}": ""}
    response = post(staff, "proposals", *way(row), **form)
    assert str(StepKind.COLLECTIVE.label) in response.context["out_of_turn"]
    assert not Proposal.objects.exists()
    do_steps(row, before="proposal", by=small.by)
    assert post(staff, "proposals", *way(row), **form).status_code == 302
    assert {p.appraisal_id: p.level for p in Proposal.objects.all()} == {
        first.pk: "excellent",
        second.pk: "good",
    }
    form[f"level-{first.pk}"] = ""
    assert set(post(staff, "proposals", *way(row), **form).context["form"].errors) == {
        f"level-{first.pk}"
    }


def test_suggested_levels_are_filled_in_but_not_saved(staff, small):
    row = small.cycle_branches[0]
    do_steps(row, before="proposal", by=small.by)
    response = staff.get(reverse("evaluations:proposals", args=way(row)), {"filled": 1})
    shown = {each.pk: level.value() for each, level, *_more in response.context["form"].rows}
    suggested = {each.pk: each.suggested_level for each in row.appraisals.all()}
    assert shown == suggested
    assert not Proposal.objects.exists()


def test_comments_are_asked_for_and_received(staff, small):
    row = small.cycle_branches[0]
    assert "residence" not in str(staff.get(reverse("evaluations:comments", args=way(row))))
    row.appraisals.update(person_class="staff")
    response = post(
        staff, "comments", *way(row), kinds=["residence", "employer"], asked_on="01/12/2025"
    )
    assert response.status_code == 302
    assert Comment.objects.count() == 4
    comment = Comment.objects.filter(kind="residence").first()
    address = reverse("evaluations:comment_write", args=[comment.appraisal_id, "residence"])
    seen = staff.get(address).context["form"]["seen"].value()
    said = {
        "seen": seen,
        "asked_on": "01/12/2025",
        "received_on": "10/12/2025",
        "text": "Gương mẫu",
    }
    assert staff.post(address, said).status_code == 302
    comment.refresh_from_db()
    assert (comment.text, comment.received_on) == ("Gương mẫu", date(2025, 12, 10))


def test_a_sub_committee_proposes_after_the_vote(client):
    district = make.make_organization("district", code="D")
    ward, _none = make.make_ward("W", parent=district, branches=0)
    section = make.make_organization("sub_committee", code="S", parent=ward)
    branch = make.make_organization(code="S-1", parent=section)
    (member,) = fill_branch(branch, 1)
    by = make_everybody(district)
    row = open_cycle(district, year=YEAR, by=by, on=TODAY, at=NOON).branches.get()
    vote_simply(row, by=by)
    office = make.make_user()
    make.grant(office, "office", section)
    client.force_login(office)
    appraisal = row.appraisals.get(member=member)
    form = {f"level-{appraisal.pk}": "good", f"note-{appraisal.pk}": ""}
    assert post(client, "section_proposals", *way(row), **form).status_code == 302
    assert Proposal.objects.get().step == "section"
    assert post(client, "section_step_finish", *way(row), "section").status_code == 302
    assert row.done.filter(kind="section").exists()


# One member's way


def test_a_member_sees_the_decision_once_the_branch_gave_notice(client, small):
    appraisal = small.appraisals[0]
    client.force_login(make.make_user(member=appraisal.member))
    address = appraisal.get_absolute_url()
    assert not client.get(address).context["sees_decision"]
    StepDone.objects.bulk_create(
        StepDone(cycle_branch=appraisal.cycle_branch, kind=kind, done_at=NOON, done_by=small.by)
        for kind in StepKind
        if kind != StepKind.SECTION
    )
    assert client.get(address).context["sees_decision"]
    assert client.get(small.appraisals[1].get_absolute_url()).status_code == 404


def test_a_draft_is_not_read_by_the_committee(client, small):
    appraisal = small.appraisals[0]
    SelfReview.objects.create(
        appraisal=appraisal, strengths="Bản nháp", entered_by=small.by, entered_at=NOON
    )
    leader = make.make_user()
    make.grant(leader, "leader", small.district)
    client.force_login(leader)
    assert "Bản nháp" not in page(client, "appraisal", appraisal.pk)
