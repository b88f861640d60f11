"""Pages of decisions: deciding on one and many, ties, places, the lock, changes and re-rating."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F
from django.urls import reverse

from evaluations.choices import StepKind
from evaluations.models import CapOverride, Decision, Rating, UnitCap
from evaluations.services.decisions import decide
from evaluations.tasks import look_for_changes
from tests import builders as make
from tests.pages import HTMX, count_queries, text_of
from tests.year_end import NOON, TODAY, do_steps, open_small_cycle, vote_simply

pytestmark = pytest.mark.django_db
DAY = TODAY.isoformat()


@pytest.fixture
def small():
    """One unit, two branches of six members: four are equal at the cap, which has one place."""
    small = open_small_cycle(units=1, members=6)
    for branch in small.cycle_branches:
        vote_simply(branch, by=small.by)
    return small


@pytest.fixture
def leader(small, client):
    client.force_login(small.by)
    return client


def url(small, page, *arguments, **query):
    return reverse(f"evaluations:{page}", args=[small.cycle.pk, *arguments], query=query)


def of(small, code):
    return small.cycle.appraisals.get(member__code=f"D-1-1-{code}")


def send(client, small, *codes, level="suggested", **fields):
    ids = [of(small, code).pk for code in codes]
    fields = {"ids": ids, "level": level, "decided_on": DAY} | fields
    return client.post(url(small, "decide", **fields.pop("query", {})), fields)


def lock(small):
    rest = small.cycle.appraisals.filter(decision=None)
    when = {"decided_on": TODAY, "on": TODAY, "at": NOON}
    decide(rest, level="suggested", reason="Như đề nghị", by=small.by, **when)
    for branch in small.cycle_branches:
        do_steps(branch, before=StepKind.NOTICE, by=small.by)
        branch.done.create(kind=StepKind.NOTICE, done_at=NOON, done_by=small.by)


# Deciding


def test_the_list_shows_everybody_and_the_cap(small, leader):
    response = leader.get(url(small, "decisions"))
    page = text_of(response)
    assert all(f"Nguyễn Văn D-1-1-M{number}" in page for number in range(1, 7))
    [cap] = response.context["caps"]
    assert (cap.decided_excellent, cap.places) == (0, 1)
    assert response.context["counts"] == {"all": 12, "open": 12, "tie": 4}


def test_the_list_takes_few_queries(small, leader):
    address = url(small, "decisions", org=small.district.pk)
    leader.get(address)
    assert count_queries(leader, address) <= 12


def test_who_was_set_back_behind_a_tie_is_none_of_it(small, leader):
    """A case that the rules leave open need not be a tie, though the cap set it back."""
    tied = Rating.objects.filter(capped=True, needs_decision=True)
    Rating.objects.filter(pk=tied.first().pk).update(score=F("score") - 1)
    response = leader.get(url(small, "decisions"))
    assert response.context["counts"]["tie"] == 3
    assert leader.get(url(small, "decisions", note="tie"), headers=HTMX).context["count"] == 3


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"note": "tie"}, 4),
        ({"note": "undecided"}, 8),
        ({"note": "vote"}, 0),
        ({"state": "decided"}, 0),
        ({"suggested": "completed"}, 4),
        ({"q": "D-1-2-M1"}, 1),
        ({"person_class": "leader"}, 0),
    ],
)
def test_filters_find_whom_they_name(small, leader, query, number):
    response = leader.get(url(small, "decisions", **query), headers=HTMX)
    assert response.context["count"] == number


def test_one_is_decided_on(small, leader):
    response = send(leader, small, "M2", query={"state": "open"})
    assert response.url.startswith(url(small, "decisions"))
    assert "state=open" in response.url
    assert of(small, "M2").level == "good"


def test_all_that_pass_the_filters_are_decided_on(small, leader):
    query = {"suggested": "completed"}
    send(leader, small, all="1", reason="Như đề nghị", query=query)
    assert Decision.objects.filter(level="completed").count() == 4 == Decision.objects.count()


def test_what_is_missing_is_asked_for_with_those_chosen(small, leader):
    response = send(leader, small, "M1", "M2", level="good")
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"reason"}
    assert sorted(response.context["ids"]) == sorted([of(small, "M1").pk, of(small, "M2").pk])
    send(leader, small, "M1", "M2", level="good", reason="Đã xem xét")
    assert of(small, "M1").decision.reason == "Đã xem xét"


def test_the_cap_is_said_at_the_level(small, leader):
    response = send(leader, small, "M1", "M4", level="excellent", reason="x")
    assert response.context["form"].errors.keys() == {"level"}
    assert not Decision.objects.exists()


def test_a_decision_is_taken_back(small, leader):
    send(leader, small, "M2")
    assert send(leader, small, "M2", level="take_back").context["form"].errors.keys() == {"reason"}
    send(leader, small, "M2", level="take_back", reason="Nhầm")
    assert (of(small, "M2").level, of(small, "M2").decision.reason) == ("", "Nhầm")


def test_nobody_chosen_is_told(small, leader):
    response = send(leader, small)
    assert response.status_code == 200
    assert response.context["count"] == 0


def test_what_is_sent_twice_counts_once(small, leader):
    key = {"key": "0b6a1d0e-5f5f-4a57-8a51-0b8a1e5f0001"}
    first, second = (send(leader, small, "M2", **key) for _time in range(2))
    assert first.url == second.url
    assert Decision.objects.count() == 1


def test_only_who_decides_in_a_unit_of_it_sees_the_page(small, client):
    secretary = make.make_user()
    make.grant(secretary, "leader", small.branches[0])
    client.force_login(secretary)
    assert client.get(url(small, "decisions")).status_code == 403
    assert client.get(url(small, "ties")).status_code == 403
    assert send(client, small, "M2").context["count"] == 0


def test_every_revision_is_readable(small, leader):
    send(leader, small, "M2")
    send(leader, small, "M2", level="completed", reason="Xem lại kết quả")
    page = text_of(leader.get(reverse("evaluations:appraisal", args=[of(small, "M2").pk])))
    assert "Xem lại kết quả" in page
    assert page.count('<li class="in-force">') == 1


# Ties and places


def test_a_tie_is_settled_on_one_page(small, leader):
    response = leader.get(url(small, "ties"))
    [form] = response.context["forms"]
    assert len(form.tie.appraisals) == 4
    sent = {"tie": form.tie.name, "decided_on": DAY, "excellent": [of(small, "M4").pk]}
    response = leader.post(url(small, "ties"), sent)
    assert response.context["form"].errors.keys() == {"reason"}
    response = leader.post(url(small, "ties"), sent | {"reason": "Có sáng kiến"})
    assert response.status_code == 302
    assert (of(small, "M4").level, of(small, "M1").level) == ("excellent", "good")
    [form] = leader.get(url(small, "ties")).context["forms"]
    assert form.tie.is_settled


def test_many_ties_are_on_several_pages(client, monkeypatch):
    monkeypatch.setattr("evaluations.views.decisions.TIES_OF_A_PAGE", 1)
    wide = open_small_cycle(members=6)
    for branch in wide.cycle_branches:
        vote_simply(branch, by=wide.by)
    client.force_login(wide.by)
    first, second = (client.get(url(wide, "ties"), {"page": page}) for page in (1, 2))
    [[form], [last]] = first.context["forms"], second.context["forms"]
    assert [form.tie.cap.unit.code, last.tie.cap.unit.code] == ["D-1", "D-2"]
    assert 'rel="next"' in text_of(first)
    sent = {"tie": last.tie.name, "decided_on": DAY}
    response = client.post(url(wide, "ties"), sent)
    assert response.context["form"].errors.keys() == {"reason"}
    response = client.post(f"{url(wide, 'ties')}?page=2", sent | {"reason": "x"})
    assert response.url.endswith("page=2")
    [form] = client.get(response.url).context["forms"]
    assert form.tie.is_settled


def test_more_are_ticked_than_there_are_places(small, leader):
    [form] = leader.get(url(small, "ties")).context["forms"]
    ids = [each.pk for each in form.tie.appraisals]
    sent = {"tie": form.tie.name, "decided_on": DAY, "excellent": ids, "reason": "x"}
    response = leader.post(url(small, "ties"), sent)
    assert response.context["form"].errors
    assert not Decision.objects.exists()


def test_places_are_given_and_withdrawn(small, leader):
    page = url(small, "cap_places", small.units[0].pk)
    assert leader.post(page, {"places": 1}).context["form"].errors.keys() >= {"reason"}
    sent = {"places": 1, "person_class": "outside", "reason": "Đơn vị tiêu biểu"}
    assert leader.post(page, sent).status_code == 302
    assert "Đơn vị tiêu biểu" in text_of(leader.get(page))
    override = CapOverride.objects.get()
    withdraw = reverse("evaluations:places_withdraw", args=[override.pk])
    assert leader.get(withdraw).status_code == 200
    assert leader.post(withdraw, {"reason": "Nhầm"}).status_code == 302
    override.refresh_from_db()
    assert override.withdrawn_by == small.by


def test_a_unit_gets_its_own_percent(small, leader):
    page = url(small, "unit_cap", small.units[0].pk)
    assert leader.get(page).status_code == 200
    leader.post(page, {"percent": "25", "reason": "Đơn vị tiêu biểu"})
    assert UnitCap.objects.get().percent == 25
    leader.post(page, {"percent": "", "reason": "Thôi"})
    assert not UnitCap.objects.exists()


# The lock and what comes after


def test_the_lock_lists_what_is_missing_and_then_locks(small, leader):
    page = url(small, "cycle_lock")
    assert "12" in text_of(leader.get(page))
    response = leader.post(page, {"sure": "on"})
    assert response.context["form"].non_field_errors()
    lock(small)
    assert leader.post(page, {}).context["form"].errors.keys() == {"sure"}
    assert leader.post(page, {"sure": "on"}).status_code == 302
    small.cycle.refresh_from_db()
    assert small.cycle.is_locked
    assert small.cycle.digest in text_of(leader.get(page))
    assert leader.get(url(small, "cycle_lock", check=1)).context["holds"] is True


def test_decisions_of_a_locked_cycle_are_only_read(small, leader):
    lock(small)
    leader.post(url(small, "cycle_lock"), {"sure": "on"})
    assert 'id="bulk"' not in text_of(leader.get(url(small, "decisions")))
    response = send(leader, small, "M2", level="completed", reason="x")
    assert response.context["form"].non_field_errors()


def test_changes_since_the_lock_are_looked_for_and_rated_again(small, leader):
    page = url(small, "cycle_changes")
    assert leader.get(page).status_code == 302
    lock(small)
    leader.post(url(small, "cycle_lock"), {"sure": "on"})
    assert leader.get(page).context["search"] is None
    member = of(small, "M2").member
    member.tasks.update(outcome="unmet")
    leader.post(page)
    response = leader.get(page)
    [row] = response.context["page"]
    assert (row.member, row.would_be) == (member, "failed")
    again = reverse("evaluations:re_rate", args=[row.pk])
    assert {"tasks_unmet"} <= {each["fact"] for each in leader.get(again).context["changes"]}
    sent = {"level": "failed", "decided_on": "2026-02-02"}
    assert leader.post(again, sent).context["form"].errors.keys() == {"reason"}
    response = leader.post(again, sent | {"reason": "Kết luận kiểm tra"})
    assert "Kết luận kiểm tra" in text_of(leader.get(response.url))
    assert of(small, "M2").level == "failed"


def test_a_large_cycle_is_looked_through_by_a_worker(small, leader, monkeypatch):
    monkeypatch.setattr("evaluations.services.locking.AT_ONCE_MEMBERS", 0)
    lock(small)
    leader.post(url(small, "cycle_lock"), {"sure": "on"})
    page = url(small, "cycle_changes")
    leader.post(page)
    assert leader.get(page).context["search"].is_done is False
    look_for_changes(small.cycle.pk, NOON.isoformat())
    assert leader.get(page).context["search"].is_done


def test_an_open_cycle_is_not_rated_again(small, leader):
    page = reverse("evaluations:re_rate", args=[of(small, "M2").pk])
    assert leader.get(page).status_code == 200
    sent = {"level": "failed", "decided_on": DAY, "reason": "x"}
    assert leader.post(page, sent).context["form"].non_field_errors()


def test_the_day_of_a_decision_is_after_the_year(small):
    early = {"decided_on": date(2025, 6, 1), "on": TODAY, "at": NOON}
    with pytest.raises(ValidationError):
        decide(small.cycle.appraisals.all(), level="good", reason="x", by=small.by, **early)
