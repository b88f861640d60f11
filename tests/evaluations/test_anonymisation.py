"""Who left is anonymised when the time has come, and no figure of a report changes."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import translation

from accounts.choices import Role
from accounts.models import AccessLog, JournalChange
from assignments.models import Ending, TaskClosing
from assignments.reorganizing.trail import current_rows
from branches.models import Discipline, Member, Reorganization
from evaluations.anonymisation import (
    NOBODY,
    TEXTS,
    NotYet,
    anonymise_due,
    anonymise_member,
    due_members,
    retained_until,
)
from evaluations.exports import COLUMNS
from evaluations.models import Rating
from evaluations.reports import REPORTS
from evaluations.services.roll_ups import roll_up_inline
from evaluations.tasks import anonymise_due_members
from tests import builders as make

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
YEAR, LEFT, DAY = 2018, date(2019, 3, 1), date(2024, 3, 2)
PERSONAL = ("790000000011", "Trần Thị Bình", "079200000077", "0900000088", "binh@example.vn")
SAID = ("bệnh nặng", "đã kiểm điểm", "Bí thư chi bộ 1", "Vận động hội viên", "tận tụy", "đi muộn")
# What newer columns say; the last three are of disciplines and positions.
SAID_SINCE = (
    "sang Tiền An",
    "15-QĐ/QU",
    "Quận ủy Ninh Kiều",
    "Chi bộ Cái Khế",
    "2019-02-27",
    "hay vắng họp",
    "không làm nổi",
    "16-QĐ/UBKT",
    "Ủy ban Kiểm tra",
    "mất tín nhiệm",
)
LONGER = SAID_SINCE[-3:]


def changed(post):
    """The change of a post as a reorganization keeps it."""
    (row,) = current_rows([("branches_position", post.pk)]).values()
    before = {**row, "validity": "[2000-01-01,)"}
    return {"table": "branches_position", "id": post.pk, "before": before, "after": row}


class World(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", branches=2)
        cls.member = make.make_member(
            cls.branch,
            code=PERSONAL[0],
            full_name=PERSONAL[1],
            birth_date=date(1980, 1, 1),
            identity_number=PERSONAL[2],
            phone=PERSONAL[3],
            email=PERSONAL[4],
            occupation="giáo viên",
            left_note=SAID_SINCE[0],
        )
        cls.other = make.make_member(cls.branch, code="790000000022")
        for number in (1, 2, 3):
            meeting = make.make_meeting(cls.branch, date(YEAR, number, 3))
            make.attend(meeting, cls.member)
            make.attend(meeting, cls.other)
        status = make.make_status(cls.member, "away", since=LEFT)
        status.reason = SAID[0]
        status.decision_number, status.issuer, status.receiving_place = SAID_SINCE[1:4]
        status.decided_on = date.fromisoformat(SAID_SINCE[4])
        status.save()
        Discipline.objects.create(
            member=cls.member,
            decided_on=date(YEAR, 5, 5),
            form="reprimand",
            note=SAID[1],
            decision_number=SAID_SINCE[7],
            issuer=SAID_SINCE[8],
        )
        cls.post = make.make_position(
            cls.member,
            cls.branch,
            title=SAID[2],
            rank="branch_secretary",
            end_reason=SAID_SINCE[9],
        )
        make.make_task(cls.member, cls.branch, YEAR, title=SAID[3])
        assignment = make.make_assignment(cls.member, cls.second, until=date(YEAR, 12, 31))
        ending = make.make_ending(assignment, reason=SAID_SINCE[5])
        closed = make.make_task(cls.member, cls.branch, YEAR, state="cancelled")
        TaskClosing.objects.create(
            task=closed, ending=ending, former_state="in_progress", reason=SAID_SINCE[6]
        )
        review = make.make_review(assignment, YEAR)
        review.comment = SAID[4]
        review.save()
        make.make_deduction(cls.member, date(YEAR, 5, 1), 2)
        cls.member.deductions.update(reason=SAID[5])
        cls.roll_up = roll_up_inline(cls.ward, year=YEAR, at=NOON)
        Member.objects.filter(pk=cls.member.pk).update(left_on=LEFT, left_reason="resigned")
        cls.member.refresh_from_db()
        cls.by = make.make_user("quantri")
        make.grant(cls.by, Role.ADMINISTRATOR, cls.ward)

    def anonymise(self, *, on=DAY, member=None):
        return anonymise_member(
            member or self.member, by=self.by, on=on, at=NOON, reason="Quy định 12"
        )

    def stored(self):
        """All that the database holds of the member, the trail included, as text."""
        member = Member.objects.get(pk=self.member.pk)
        rows = [
            Member.objects.filter(pk=member.pk).values(),
            *(
                getattr(member, name).values()
                for name in ("statuses", "disciplines", "positions", "tasks", "deductions")
            ),
            *(each.reviews.values() for each in member.assignments.all()),
            *(each.endings.values() for each in member.assignments.all()),
            TaskClosing.objects.filter(task__member=member).values(),
            Reorganization.objects.values(),
            EmailAddress.objects.values(),
            SocialAccount.objects.values(),
            JournalChange.objects.values("before", "after"),
        ]
        return json.dumps([list(each) for each in rows], default=str, ensure_ascii=False)

    def figures(self):
        """Every report, and the ratings without the codes of members, as bytes."""
        ratings = Rating.objects.order_by("pk").values_list("pk", *list(COLUMNS.values())[1:])
        reports = {
            name: report(self.ward, year=YEAR, on=date(YEAR, 12, 31))
            for name, report in REPORTS.items()
        }
        told = [reports, [list(row) for row in ratings]]
        return json.dumps(told, default=str, sort_keys=True).encode()


TEN_YEARS = ("disciplines", "positions", "decisions")


class AnonymisationTests(World):
    def test_who_it_was_is_gone_here_and_in_the_trail(self):
        told = self.stored()
        assert all(text in told for text in (*PERSONAL, *SAID, *SAID_SINCE))
        done = self.anonymise()
        told = self.stored()
        assert not [text for text in PERSONAL if text in told]
        assert "giáo viên" not in told
        assert "1980-01-01" not in told
        # The periods of disciplines and positions have not passed.
        assert [text for text in SAID if text in told] == [SAID[1], SAID[2]]
        assert tuple(text for text in SAID_SINCE if text in told) == LONGER
        assert done == ["members", *(name for name in TEXTS if name not in TEN_YEARS)]
        member = Member.objects.get(pk=self.member.pk)
        assert (member.full_name, member.anonymised_on) == (NOBODY, DAY)
        assert member.code.startswith("an-")
        entry = AccessLog.objects.get(kind="member_anonymised")
        assert (entry.by, entry.member_id) == (self.by, member.pk)

    def test_figures_stay_byte_for_byte(self):
        before = self.figures()
        self.anonymise(on=date(2040, 1, 1))
        assert self.figures() == before
        assert not [text for text in (*SAID, *SAID_SINCE) if text in self.stored()]

    def test_other_tables_follow_when_their_period_has_passed(self):
        self.anonymise()
        assert anonymise_due(on=date(2025, 1, 1), at=NOON) == ([], [])
        (done,), refused = anonymise_due(on=date(2029, 3, 2), at=NOON)
        assert done == self.member
        assert refused == []
        assert not [text for text in (*PERSONAL, *SAID) if text in self.stored()]
        assert anonymise_due(on=date(2030, 1, 1), at=NOON) == ([], [])

    @translation.override("en")
    def test_it_comes_neither_before_nor_without_leaving(self):
        with pytest.raises(NotYet, match="retention period runs until 01/03/2024"):
            self.anonymise(on=date(2024, 3, 1))
        with pytest.raises(NotYet, match="has not left the Party"):
            self.anonymise(member=self.other)
        user = make.make_user("binh", member=self.member)
        make.grant(user, Role.SECRETARY, self.branch)
        with pytest.raises(NotYet, match="withdraw them first"):
            self.anonymise()
        assert PERSONAL[1] in self.stored()

    def test_the_account_is_closed(self):
        user = make.make_user("binh", member=self.member)
        user.email = "binh@example.vn"
        user.save()
        EmailAddress.objects.create(user=user, email="binh@example.vn", primary=True)
        SocialAccount.objects.create(
            user=user, provider="openid", uid="binh-7", extra_data={"name": "Trần Thị Binh"}
        )
        self.anonymise()
        user.refresh_from_db()
        assert not user.is_active
        assert not user.has_usable_password()
        assert (user.email, user.username[:3]) == ("", "an-")
        told = self.stored()
        assert "binh" not in told
        assert "Binh" not in told

    def test_rows_that_are_gone_are_forgotten_in_the_trail(self):
        for ending in Ending.objects.filter(assignment__member=self.member):
            ending.delete()  # and the closings under it
        self.member.assignments.all().delete()
        told = self.stored()
        assert SAID_SINCE[5] in told
        assert SAID_SINCE[6] in told
        self.anonymise()
        told = self.stored()
        assert not [text for text in (*SAID_SINCE[:-3], SAID[4]) if text in told]

    def test_a_reorganization_keeps_no_texts_of_the_member_and_can_be_undone(self):
        theirs = make.make_position(self.other, self.branch, title="Phó Bí thư Lê Văn Cao")
        changes = [changed(self.post), changed(theirs)]
        stored = make.make_reorganization(self.branch, changes=changes)
        gone = {"member_id": self.member.pk, "title": "Bí thư cũ", "field": "Trần Bình"}
        stored.changes.append(
            {"table": "branches_position", "id": 999_999, "before": gone, "after": None}
        )
        stored.save()
        self.anonymise()
        assert SAID[2] in self.stored()
        self.anonymise(on=date(2029, 3, 2))
        told = self.stored()
        assert not [text for text in (SAID[2], "Bí thư cũ", "Trần Bình") if text in told]
        assert "Phó Bí thư Lê Văn Cao" in told
        stored.refresh_from_db()
        self.post.refresh_from_db()
        own, other, _gone = stored.changes
        assert own["before"]["title"] == own["after"]["title"] == self.post.title
        assert other == changes[1]

    def test_records_that_were_merged_into_it_follow(self):
        earlier = make.make_member(code="790000000099", full_name="Trần Thị Binh Cũ")
        earliest = make.make_member(
            code="790000000098", full_name="Trần Binh Xưa", phone="0900000077"
        )
        for gone, into in ((earliest, earlier), (earlier, self.member)):
            Member.objects.filter(pk=gone.pk).update(
                merged_into=into, merged_on=LEFT, phone="", left_on=None
            )
        with pytest.raises(NotYet):
            self.anonymise(member=earlier)
        before = self.figures()
        (done,), refused = anonymise_due(on=DAY, at=NOON)
        assert (done, refused) == (self.member, [])
        told = self.stored()
        told += json.dumps(list(Member.objects.values()), default=str, ensure_ascii=False)
        for text in ("79000000009", "Trần Thị Binh", "Trần Binh", "0900000077"):
            assert text not in told
        merged = Member.objects.filter(pk__in=[earlier.pk, earliest.pk])
        assert {row.anonymised_on for row in merged} == {DAY}
        assert {row.left_on for row in merged} == {LEFT}
        assert self.figures() == before
        assert anonymise_due(on=DAY, at=NOON) == ([], [])

    def test_a_leap_day_has_a_last_day(self):
        self.member.left_on = date(2016, 2, 29)
        assert retained_until(self.member) == date(2021, 2, 28)

    @override_settings(RETENTION_YEARS={"members": 1})
    def test_the_period_is_a_setting(self):
        members = Member.objects.all()
        assert list(due_members(members, on=date(2020, 3, 1))) == []
        assert list(due_members(members, on=date(2020, 3, 2))) == [self.member]

    @translation.override("en")
    def test_command(self):
        out = StringIO()
        call_command("anonymise_members", on="2024-03-02", dry_run=True, stdout=out)
        assert f"{self.member.pk}: 2019-03-01" in out.getvalue()
        assert PERSONAL[1] in self.stored()
        call_command("anonymise_members", on="2024-03-02", stdout=out)
        assert PERSONAL[1] not in self.stored()
        with pytest.raises(CommandError, match="a day that has come"):
            call_command("anonymise_members", on="2100-01-01")

    def test_the_daily_task(self):
        anonymise_due_members()
        assert PERSONAL[1] not in self.stored()


class AnonymisePageTests(World):
    """The pages of the administrator, on the same world."""

    def setUp(self):
        self.client.force_login(self.by)
        self.list_url = reverse("evaluations:anonymisations")
        self.url = reverse("evaluations:anonymise", args=[self.member.pk])

    def test_the_list_shows_who_is_due_and_little_of_them(self):
        page = self.client.get(self.list_url).content.decode()
        assert PERSONAL[1] in page
        assert "••••••0011" in page
        assert not [text for text in (PERSONAL[0], *PERSONAL[2:], *SAID) if text in page]
        assert self.url in page

    def test_it_asks_and_does(self):
        page = self.client.post(self.url, {"reason": "Quy định 12"})
        assert page.status_code == 200
        assert PERSONAL[1] in self.stored()
        response = self.client.post(self.url, {"reason": "Quy định 12", "sure": "on"})
        assert response.status_code == 302
        assert PERSONAL[1] not in self.stored()
        assert NOBODY in self.client.get(self.url).content.decode()

    def test_refusals_are_sentences(self):
        other = reverse("evaluations:anonymise", args=[self.other.pk])
        page = self.client.get(other).content.decode()
        assert "crispy" not in page
        response = self.client.post(other, {"reason": "x", "sure": "on"})
        assert response.status_code == 200
        self.other.refresh_from_db()
        assert self.other.anonymised_on is None

    def test_other_roles_and_scopes(self):
        elsewhere, _branches = make.make_ward("V")
        stranger, board = make.make_user(), make.make_user()
        make.grant(stranger, Role.ADMINISTRATOR, elsewhere)
        make.grant(board, Role.BOARD, self.ward)
        for user, status in ((stranger, 404), (board, 403)):
            client = self.client_class()
            client.force_login(user)
            assert client.get(self.url).status_code == status
            form = {"reason": "x", "sure": "on"}
            assert client.post(self.url, form).status_code == status
        assert PERSONAL[1] in self.stored()

    def test_pages_of_the_anonymised_are_sensible(self):
        self.anonymise()
        board = make.make_user()
        make.grant(board, Role.BOARD, self.ward)
        self.client.force_login(board)
        rating = Rating.objects.get(member=self.member)
        for name, pk in (("branches:member", self.member.pk), ("evaluations:rating", rating.pk)):
            page = self.client.get(reverse(name, args=[pk]))
            assert page.status_code == 200
            assert NOBODY in page.content.decode()
