"""Checking in by the code on the secretary's screen."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client, SimpleTestCase, TestCase
from django.urls import reverse
from django.utils import timezone

from assignments.meetings import check_in as codes
from assignments.meetings.occasions import of_meeting, of_plan
from assignments.models import Visit
from assignments.services.check_in import check_in
from branches.models import CheckIn, MeetingPlan
from branches.services.meetings import call_off, hold_meeting
from branches.services.rosters import close_roster
from tests import builders as make
from tests.pages import HTMX, text_of

AT = datetime(2026, 3, 3, 12, 0, 0, tzinfo=UTC)


def later(seconds):
    return AT + timedelta(seconds=seconds)


class CodeTests(SimpleTestCase):
    def test_a_token_holds_for_its_half_minute_and_the_next(self):
        token = codes.token_of("p12", at=AT)
        assert codes.read_token(token, at=later(0)) == "p12"
        assert codes.read_token(token, at=later(59)) == "p12"
        assert codes.read_token(token, at=later(60)) is None
        assert codes.read_token(token, at=later(-1)) is None

    def test_forged_tokens(self):
        token = codes.token_of("p12", at=AT)
        for forged in (token.replace("p12", "p13"), token[:-1], "", "p12", "p12.1:x", "x" * 500):
            assert codes.read_token(forged, at=AT) is None

    def test_letters_hold_as_long_and_are_read_as_people_type_them(self):
        letters = codes.letters_of("p12", at=AT)
        assert len(letters) == 6
        assert not set(letters) & set("0O1IL")
        typed = f" {letters[:3].lower()}-{letters[3:]} "
        assert codes.find_key(typed, ["m7", "p12"], at=later(59)) == "p12"
        assert codes.find_key(typed, ["m7", "p12"], at=later(60)) is None
        assert codes.find_key(typed, ["m7"], at=AT) is None
        assert codes.find_key("", ["p12"], at=AT) is None

    def test_they_change_and_differ_between_meetings(self):
        shown = {codes.letters_of(key, at=later(30 * n)) for key in ("p1", "m1") for n in range(50)}
        assert len(shown) == 100

    def test_the_picture_is_one_of_the_address(self):
        picture = codes.picture_of("https://chibo.example/check-in/?t=abc")
        assert picture["size"] > 21
        assert picture["path"].startswith("M4 4h1v1h-1z")  # a corner, inside the quiet zone


class Part(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.today = timezone.localdate()
        cls.ward, (cls.branch, cls.other) = make.make_ward("K", branches=2)
        cls.secretary = make.make_user()
        make.grant(cls.secretary, "secretary", cls.branch)
        cls.member = make.make_user(member=make.make_member(cls.branch))
        cls.cadre = make.make_user(member=make.make_member())
        make.make_assignment(cls.cadre.member, cls.branch)
        cls.stranger = make.make_user(member=make.make_member(cls.other))
        cls.plan = make.make_plan(cls.branch, cls.today)

    def setUp(self):
        cache.clear()  # of the guesses of other tests

    def occasion(self):
        return of_plan(MeetingPlan.objects.select_related("branch", "meeting").get(pk=self.plan.pk))

    def hold(self):
        with transaction.atomic():
            return hold_meeting(self.branch, held_on=self.today, kind="regular", by=self.secretary)


class ServiceTests(Part):
    def refused(self, user, *, at=None):
        with pytest.raises(ValidationError) as caught:
            check_in(self.occasion(), by=user, at=at or timezone.now())
        assert not CheckIn.objects.exists()
        assert not Visit.objects.exists()
        return caught.value.messages[0]

    def test_a_member_once(self):
        first = check_in(self.occasion(), by=self.member, at=timezone.now())
        assert check_in(self.occasion(), by=self.member, at=timezone.now()) == first
        assert CheckIn.objects.get().plan == self.plan
        # The meeting that the plan becomes has the check-in already.
        self.hold()
        assert check_in(self.occasion(), by=self.member, at=timezone.now()) == first

    def test_an_assigned_cadre_logs_a_visit(self):
        visit = check_in(self.occasion(), by=self.cadre, at=timezone.now())
        assert check_in(self.occasion(), by=self.cadre, at=timezone.now()) == visit
        assert (visit.member, visit.state) == (self.cadre.member, "logged")
        assert not CheckIn.objects.exists()

    def test_who_has_nothing_to_do_there(self):
        self.refused(self.stranger)
        self.refused(self.secretary)  # an account without a member
        ended = make.make_user(member=make.make_member())
        make.make_assignment(ended.member, self.branch, until=self.today - timedelta(days=1))
        self.refused(ended)

    def test_another_day(self):
        for days in (-1, 1):
            self.refused(self.member, at=timezone.now() + timedelta(days=days))

    def test_called_off(self):
        call_off(self.plan, reason="Lũ", by=self.secretary, on=self.today)
        self.refused(self.member)
        self.refused(self.cadre)

    def test_closed(self):
        meeting = self.hold()
        close_roster(meeting, by=self.secretary, at=timezone.now())
        self.refused(self.member)
        with pytest.raises(IntegrityError), transaction.atomic():
            CheckIn.objects.create(plan=self.plan, member=self.member.member, at=timezone.now())
        with pytest.raises(IntegrityError), transaction.atomic():
            CheckIn.objects.create(meeting=meeting, member=self.member.member, at=timezone.now())

    def test_calling_off_forgets_check_ins(self):
        check_in(self.occasion(), by=self.member, at=timezone.now())
        call_off(self.plan, reason="Lũ", by=self.secretary, on=self.today)
        assert not CheckIn.objects.exists()


class PageTests(Part):
    url = "/check-in/"

    def client_of(self, user):
        client = Client()
        client.force_login(user)
        return client

    def scan(self, user, *, seconds=0):
        at = timezone.now() + timedelta(seconds=seconds)
        token = codes.token_of(self.occasion().key, at=at)
        return self.client_of(user).get(self.url, {"t": token})

    def press(self, user, page):
        return self.client_of(user).post(self.url, {"ticket": page.context["ticket"]})

    def test_scanning_and_pressing_the_button(self):
        page = self.scan(self.member)
        assert not CheckIn.objects.exists()  # looking changes nothing
        assert self.press(self.member, page).status_code == 302
        assert CheckIn.objects.get().member == self.member.member
        assert self.scan(self.member).context["checked_in_at"]

    def test_the_ticket_is_of_who_scanned(self):
        page = self.scan(self.member)
        response = self.press(self.cadre, page)
        assert response.context["refusal"]
        assert not Visit.objects.exists()

    def test_an_old_code(self):
        page = self.scan(self.member, seconds=-90)
        assert page.status_code == 200
        assert page.context["refusal"]
        assert "ticket" not in page.context

    def test_a_stranger_is_told_nothing_of_the_meeting(self):
        page = self.scan(self.stranger)
        assert page.context["refusal"]
        assert str(self.branch) not in text_of(page)

    def test_typing_the_letters(self):
        letters = codes.letters_of(self.occasion().key, at=timezone.now())
        response = self.client_of(self.cadre).post(self.url, {"code": letters.lower()})
        assert response.status_code == 302
        assert Visit.objects.get().member == self.cadre.member

    def test_guessing_ends(self):
        client = self.client_of(self.member)
        for _guess in range(10):
            assert client.post(self.url, {"code": "AAAAAA"}).context["refusal"]
        letters = codes.letters_of(self.occasion().key, at=timezone.now())
        assert client.post(self.url, {"code": letters}).context["refusal"]
        assert not CheckIn.objects.exists()

    def test_the_screen_shows_a_picture_letters_and_how_many_came(self):
        check_in(self.occasion(), by=self.member, at=timezone.now())
        client = self.client_of(self.secretary)
        url = reverse("assignments:plan_check_in_code", args=[self.plan.pk])
        page = client.get(url)
        assert page.context["counts"] == {"members": 1, "guests": 0}
        assert '<noscript><meta http-equiv="refresh"' in text_of(page)
        part = text_of(client.get(url, headers=HTMX))
        assert "<svg" in part
        assert "<html" not in part
        key, now = self.occasion().key, timezone.now()
        # A new half minute may have begun since.
        shown = {codes.letters_of(key, at=now, before=before) for before in (0, 1)}
        assert any(f'data-letters="{letters}"' in part for letters in shown)

    def test_the_screen_of_another_day_or_a_closed_roster_shows_no_code(self):
        client = self.client_of(self.secretary)
        ahead = make.make_plan(self.branch, self.today + timedelta(days=1))
        page = client.get(reverse("assignments:plan_check_in_code", args=[ahead.pk]))
        assert "data-letters" not in text_of(page)
        meeting = self.hold()
        close_roster(meeting, by=self.secretary, at=timezone.now())
        page = client.get(reverse("assignments:check_in_code", args=[meeting.pk]))
        assert page.context["refusal"]

    def test_who_shows_the_code(self):
        url = reverse("assignments:plan_check_in_code", args=[self.plan.pk])
        assert self.client_of(self.member).get(url).status_code == 403
        assert self.client_of(self.cadre).get(url).status_code == 403

    def test_a_meeting_that_nobody_planned(self):
        meeting = make.make_meeting(self.branch, self.today, kind="thematic")
        check_in(of_meeting(meeting), by=self.member, at=timezone.now())
        assert CheckIn.objects.get().meeting == meeting
