"""Planning meetings, calling them off, and the calendar that shows them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from assignments.meetings.calendar import MOST_ENTRIES
from branches.choices import MeetingState
from branches.editing import mark_of
from branches.models import CheckIn, MeetingPlan
from branches.periods import period
from branches.services.meetings import (
    call_off,
    change_plan,
    monthly_days,
    plan_meeting,
    take_back_calling_off,
)
from tests import builders as make
from tests.pages import text_of

TODAY = date(2026, 3, 10)
VALUES = {"starts_at": None, "place": "Nhà văn hóa", "kind": "regular", "agenda": ""}


def test_the_same_day_of_each_month_is_its_last_where_it_is_shorter():
    assert monthly_days(date(2026, 12, 31), date(2027, 3, 31)) == [
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
    ]
    assert monthly_days(date(2026, 12, 3), date(2026, 12, 3)) == [date(2026, 12, 3)]


class PlanningTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.other) = make.make_ward("P", branches=2)
        cls.secretary = make.make_user()
        make.grant(cls.secretary, "secretary", cls.branch)

    def plan(self, planned_on=date(2026, 4, 3), *, until=None, by=None, **values):
        return plan_meeting(
            self.branch,
            planned_on=planned_on,
            until=until,
            by=by or self.secretary,
            on=TODAY,
            **VALUES | values,
        )

    def refused(self, field, call):
        with pytest.raises(ValidationError) as caught:
            call()
        assert list(caught.value.message_dict) == [field]

    def change(self, plan, *, seen=None, **values):
        plan.refresh_from_db()
        values = {name: getattr(plan, name) for name in (*VALUES, "planned_on")} | values
        seen = seen or mark_of(plan)
        return change_plan(plan, seen=seen, by=self.secretary, on=TODAY, **values)

    def test_repeating_makes_one_plan_a_month_and_no_second_one(self):
        planned = self.plan(until=date(2026, 6, 30))
        days = [date(2026, 4, 3), date(2026, 5, 3), date(2026, 6, 3)]
        assert [each.planned_on for each in planned.plans] == days
        self.refused("planned_on", lambda: self.plan(until=date(2026, 8, 3)))
        planned = self.plan(date(2026, 3, 3), until=date(2026, 7, 3))
        assert [each.planned_on for each in planned.plans] == [date(2026, 3, 3), date(2026, 7, 3)]
        assert planned.taken == days

    def test_a_meeting_on_record_is_not_planned_once_more(self):
        make.make_meeting(self.branch, date(2026, 4, 3))
        self.refused("planned_on", self.plan)
        assert self.plan(kind="thematic").plans

    def test_days_on_which_there_is_no_branch(self):
        self.branch.validity = period(date(2020, 1, 1), date(2026, 5, 1))
        self.branch.save()
        self.refused("planned_on", lambda: self.plan(date(2026, 6, 3)))
        self.refused("until", lambda: self.plan(until=date(2026, 6, 3)))
        assert not MeetingPlan.objects.exists()

    def test_days_that_are_too_far(self):
        self.refused("planned_on", lambda: self.plan(date(2062, 4, 3)))
        self.refused("until", lambda: self.plan(until=date(2062, 4, 3)))
        self.refused("until", lambda: self.plan(until=date(2026, 3, 3)))

    def test_who(self):
        stranger, board = make.make_user(), make.make_user()
        make.grant(stranger, "secretary", self.other)
        make.grant(board, "board", self.ward)
        [plan] = self.plan().plans
        for user in (stranger, board, make.make_user()):
            by = {"by": user, "on": TODAY}
            for call in (
                lambda: self.plan(date(2026, 9, 3), by=user),  # noqa: B023
                lambda: call_off(plan, reason="Lũ", **by),  # noqa: B023
                lambda: take_back_calling_off(plan, **by),  # noqa: B023
            ):
                with pytest.raises(PermissionDenied):
                    call()

    def test_changing(self):
        [plan] = self.plan().plans
        changed = self.change(plan, planned_on=date(2026, 4, 5), place="Trường học")
        assert (changed.planned_on, changed.place) == (date(2026, 4, 5), "Trường học")
        self.plan(date(2026, 4, 9))
        changed.refresh_from_db()
        self.refused("planned_on", lambda: self.change(changed, planned_on=date(2026, 4, 9)))

    def test_changing_what_somebody_else_changed(self):
        [plan] = self.plan().plans
        seen = mark_of(MeetingPlan.objects.get())
        MeetingPlan.objects.update(place="Đình làng")
        with pytest.raises(ValidationError) as caught:
            self.change(plan, seen=seen, place="Trường học")
        assert caught.value.code == "changed_meanwhile"

    def test_the_day_stays_once_it_was_held_or_people_checked_in(self):
        [plan] = self.plan().plans
        CheckIn.objects.create(plan=plan, member=make.make_member(self.branch), at=timezone.now())
        self.refused("planned_on", lambda: self.change(plan, planned_on=date(2026, 4, 9)))
        make.make_meeting(self.branch, plan.planned_on)
        plan.refresh_from_db()
        self.refused("planned_on", lambda: self.change(plan, kind="thematic"))
        assert self.change(plan, agenda="Bầu cử").agenda == "Bầu cử"

    def test_calling_off_and_taking_that_back(self):
        [plan] = self.plan().plans
        by = {"by": self.secretary, "on": TODAY}
        self.refused("reason", lambda: call_off(plan, reason=" ", **by))
        plan = call_off(plan, reason="Lũ", **by)
        with pytest.raises(ValidationError):
            call_off(plan, reason="Lũ", **by)
        with pytest.raises(ValidationError):
            self.change(plan, place="Trường học")
        [instead] = self.plan().plans
        with pytest.raises(ValidationError):
            take_back_calling_off(plan, **by)
        call_off(instead, reason="Nhầm", **by)
        plan = take_back_calling_off(plan, **by)
        assert (plan.state, plan.reason) == ("planned", "")
        with pytest.raises(ValidationError):
            take_back_calling_off(plan, **by)

    def test_a_meeting_that_was_held_is_not_called_off(self):
        [plan] = self.plan().plans
        make.make_meeting(self.branch, plan.planned_on)
        with pytest.raises(ValidationError):
            call_off(plan, reason="Lũ", by=self.secretary, on=TODAY)

    def test_what_the_database_refuses(self):
        [plan] = self.plan().plans
        for wrong in (
            {"state": "held"},
            {"state": "not_held"},
            {"reason": "Lũ"},
            {"state": "late"},
            {"kind": "party"},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                MeetingPlan.objects.update(**wrong)
        with pytest.raises(IntegrityError), transaction.atomic():
            make.make_plan(self.branch, plan.planned_on)
        for place in ({}, {"plan": plan, "meeting": make.make_meeting(self.branch, TODAY)}):
            with pytest.raises(IntegrityError), transaction.atomic():
                CheckIn.objects.create(member=make.make_member(), at=timezone.now(), **place)


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.other) = make.make_ward("P", branches=2)
        cls.secretary = make.make_user()
        make.grant(cls.secretary, "secretary", cls.branch)
        cls.today = timezone.localdate()

    def setUp(self):
        self.client.force_login(self.secretary)

    def test_planning_from_the_page(self):
        first = self.today.replace(day=15)
        url = reverse("assignments:meeting_plan_add")
        assert self.client.get(url).context["form"]["branch"].initial == self.branch
        until = (first + timedelta(days=62)).isoformat()
        data = {"branch": self.branch.code, "planned_on": first.isoformat(), "kind": "regular"}
        response = self.client.post(url, data | {"starts_at": "19:30", "until": until})
        assert response.status_code == 302, response.context["form"].errors
        assert MeetingPlan.objects.count() == 3
        again = self.client.post(url, data | {"until": until})
        assert "planned_on" in again.context["form"].errors
        assert MeetingPlan.objects.count() == 3

    def test_a_branch_of_somebody_else(self):
        data = {"branch": self.other.code, "planned_on": "2026-05-05", "kind": "regular"}
        response = self.client.post(reverse("assignments:meeting_plan_add"), data)
        assert "branch" in response.context["form"].errors

    def test_calling_off_and_back_from_the_page(self):
        plan = make.make_plan(self.branch, self.today)
        off = reverse("assignments:meeting_plan_call_off", args=[plan.pk])
        assert self.client.post(off, {"reason": ""}).status_code == 200
        page = self.client.post(off, {"reason": "Lũ lớn"}, follow=True)
        assert "Lũ lớn" in text_of(page)
        self.client.post(reverse("assignments:meeting_plan_restore", args=[plan.pk]))
        plan.refresh_from_db()
        assert plan.state == "planned"

    def test_changing_from_the_page(self):
        plan = make.make_plan(self.branch, self.today)
        url = reverse("assignments:meeting_plan_change", args=[plan.pk])
        form = self.client.get(url).context["form"]
        data = {"planned_on": self.today.isoformat(), "kind": "regular", "agenda": "Bầu cử"}
        data["seen"] = form["seen"].initial
        assert self.client.post(url, data).status_code == 302
        assert self.client.post(url, data | {"agenda": "Khác"}).status_code == 200
        plan.refresh_from_db()
        assert plan.agenda == "Bầu cử"

    def test_members_and_assigned_cadres_see_the_plan_and_strangers_do_not(self):
        plan = make.make_plan(self.branch, self.today, agenda="Bầu cử")
        cadre, above, stranger = make.make_member(), make.make_member(), make.make_member()
        make.make_assignment(cadre, self.branch)
        make.make_assignment(above, self.ward)
        make.make_assignment(stranger, self.other)
        url = reverse("assignments:meeting_plan", args=[plan.pk])
        calendar = f"{reverse('assignments:calendar')}?month={self.today:%Y-%m}"
        own = make.make_member(self.branch)
        for member, sees in ((cadre, True), (above, True), (own, True), (stranger, False)):
            client = Client()
            client.force_login(make.make_user(member=member))
            page = client.get(url)
            assert page.status_code == (200 if sees else 404)
            assert ("Bầu cử" in text_of(page)) == sees
            assert "/roster/" not in text_of(page)
            month = client.get(calendar).context["month"]
            assert len(month.days) == int(sees)

    def test_a_plan_that_was_held_leads_to_the_meeting(self):
        plan = make.make_plan(self.branch, self.today)
        meeting = make.make_meeting(self.branch, self.today)
        response = self.client.get(reverse("assignments:meeting_plan", args=[plan.pk]))
        assert response.url.startswith(meeting.get_absolute_url())


class CalendarTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, cls.branches = make.make_ward("C", branches=2)
        cls.branch = cls.branches[0]
        cls.secretary, cls.auditor = make.make_user(), make.make_user()
        make.grant(cls.secretary, "secretary", cls.branch)
        make.grant(cls.auditor, "auditor", cls.ward)
        cls.member = make.make_member(cls.branch)

    def month(self, user=None, **query):
        self.client.force_login(user or self.secretary)
        response = self.client.get(reverse("assignments:calendar"), query)
        assert response.status_code == 200
        return response.context["month"]

    def states(self, user=None, **query):
        month = self.month(user, **{"month": "2018-03"} | query)
        return {entry.on.day: entry.state for day in month.days for entry in day.entries}

    def test_states(self):
        make.make_plan(self.branch, date(2018, 3, 2))
        make.make_plan(self.branch, date(2018, 3, 4), state="not_held", reason="Lũ")
        held = make.make_meeting(self.branch, date(2018, 3, 6))
        taken = make.make_meeting(self.branch, date(2018, 3, 8))
        make.attend(taken, self.member)
        closed = make.make_meeting(
            self.branch,
            date(2018, 3, 10),
            roster_closed_at=timezone.now(),
            roster_closed_by=self.secretary,
        )
        make.attend(closed, self.member)
        make.attend(held, make.make_member(), capacity="assigned")
        make.make_meeting(self.branch, date(2018, 3, 18), kind="residents")
        assert self.states() == {
            2: MeetingState.ROSTER_MISSING,
            4: MeetingState.NOT_HELD,
            6: MeetingState.ROSTER_MISSING,
            8: MeetingState.ROSTER_OPEN,
            10: MeetingState.ROSTER_CLOSED,
            18: MeetingState.HELD,
        }
        ahead = make.make_plan(self.branch, timezone.localdate() + timedelta(days=1))
        [day] = self.month(month=f"{ahead.planned_on:%Y-%m}").days
        assert [entry.state for entry in day.entries] == [MeetingState.PLANNED]

    def test_a_past_day_knows_nothing_that_came_later(self):
        make.make_plan(self.branch, date(2018, 3, 20))
        make.make_meeting(self.branch, date(2018, 3, 20))
        make.make_meeting(self.branch, date(2018, 3, 25))
        assert self.states(on="2018-03-10") == {20: MeetingState.PLANNED}
        assert len(self.states(on="2018-03-31")) == 2

    def test_months_follow_each_other_in_the_address(self):
        month = self.month(month="2018-12")
        assert (month.previous, month.next) == ("2018-11", "2019-01")
        assert len(month.weeks) == 6
        for nonsense in ("", "2018", "2018-13", "x", "0001-01", "9999-12"):
            assert self.month(month=nonsense).first == timezone.localdate().replace(day=1)

    def test_a_ward_shows_its_branches_and_a_branch_its_own(self):
        for branch in self.branches:
            make.make_plan(branch, date(2018, 3, 2))
        assert self.month(month="2018-03").days[0].number == 1
        assert self.month(self.auditor, month="2018-03").days[0].number == 2

    def test_where_there_are_too_many_they_are_counted_and_one_day_is_named(self):
        for number in range(MOST_ENTRIES // 25 + 1):
            branch = make.make_organization(code=f"X{number}", parent=self.ward)
            MeetingPlan.objects.bulk_create(
                MeetingPlan(branch=branch, planned_on=date(2018, 3, day)) for day in range(1, 27)
            )
        month = self.month(self.auditor, month="2018-03")
        assert not any(day.entries for day in month.days)
        assert month.days[0].shown_counts == [(MeetingState.ROSTER_MISSING, 11)]
        month = self.month(self.auditor, month="2018-03", day="2018-03-02")
        assert [len(day.entries) for day in month.days][:3] == [0, 11, 0]
