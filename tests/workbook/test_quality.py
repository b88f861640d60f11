"""The board of data quality: what it finds, what it leaves alone, and how each is put right."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction

from accounts.models import JournalEntry
from assignments.models import Assignment, Ending, Task
from branches.models import Attendance, Member, Membership, Minutes, Organization
from branches.periods import period
from evaluations.models import Rating
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.pages import count_queries, text_of
from workbook.importing import import_workbook
from workbook.problems import WorkbookError
from workbook.quality import merging
from workbook.quality.checks import CHECKS
from workbook.quality.finding import count_findings, find_page

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
BORN = date(1970, 2, 3)


@pytest.fixture
def ward():
    ward, _branches = make.make_ward(branches=2)
    return ward


@pytest.fixture
def one(ward):
    return Organization.objects.get(code="W-1")


@pytest.fixture
def two(ward):
    return Organization.objects.get(code="W-2")


@pytest.fixture
def board(client, ward):
    user = make.make_user("board")
    make.grant(user, "board", ward)
    client.force_login(user)
    return client


def found(key, ward, on=TODAY):
    return find_page(key, ward, on=on)


class TestFinding:
    def test_nothing_is_wrong_with_a_sound_ward(self, ward, one):
        make.make_member(one, birth_date=BORN)
        assert set(count_findings(ward, on=TODAY).values()) == {0}

    def test_the_same_name_without_diacritics_and_birth_date(self, ward, one, two):
        first = make.make_member(one, full_name="Nguyễn Văn Đức", birth_date=BORN)
        second = make.make_member(two, full_name="Nguyen Van Duc", birth_date=BORN)
        make.make_member(two, full_name="Nguyễn Văn Đức", birth_date=date(1971, 2, 3))
        (row,) = found("duplicates", ward)
        assert (row.member, row.other, row.code) == (first, second, "name_and_birth")

    def test_the_same_identity_number_is_said_once_and_first(self, ward, one, two):
        same = {"full_name": "Lê An", "birth_date": BORN, "identity_number": "012345678901"}
        make.make_member(one, **same)
        make.make_member(two, **same)
        (row,) = found("duplicates", ward)
        assert row.code == "identity_number"

    def test_of_a_crowd_of_one_name_each_is_shown_with_the_next(self, ward, one):
        for _number in range(6):
            make.make_member(one, full_name="Lê An", birth_date=BORN)
        assert count_findings(ward, on=TODAY)["duplicates"] == 5

    def test_a_member_whose_membership_ended(self, ward, one):
        member = make.make_member(one)
        member.memberships.update(validity=period(make.LONG_AGO, date(2024, 5, 31)))
        (row,) = found("without-branch", ward)
        assert (row.member, row.organization, row.day) == (member, one, date(2024, 5, 31))
        assert found("without-branch", ward, on=date(2024, 5, 31)) == []

    def test_who_left_needs_no_branch(self, ward, one):
        member = make.make_member(one, left_on=date(2024, 5, 31), left_reason="deceased")
        member.memberships.update(validity=period(make.LONG_AGO, date(2024, 5, 31)))
        assert found("without-branch", ward) == []

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"birth_date": date(2030, 1, 1)}, {"born_in_future", "admitted_too_young"}),
            ({"birth_date": date(1990, 1, 1)}, {"admitted_too_young"}),
            ({"birth_date": date(1900, 1, 1)}, {"too_old"}),
            ({"official_on": date(1999, 1, 1)}, {"official_before_admitted"}),
            (
                {"left_on": date(1999, 1, 1), "left_reason": "resigned"},
                {"left_before_admitted"},
            ),
        ],
    )
    def test_dates_that_cannot_be(self, ward, one, fields, code):
        member = make.make_member(one)
        with connection.cursor() as cursor:  # as they lie there: the database refuses some now
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        try:
            with transaction.atomic():
                Member.objects.filter(pk=member.pk).update(**fields)
        except IntegrityError:
            Membership.objects.filter(member=member).update(
                validity=period(make.LONG_AGO, date(2001, 1, 1))
            )
            Member.objects.filter(pk=member.pk).update(**fields)
        assert {row.code for row in found("impossible-dates", ward)} == code

    def test_a_closed_branch_that_still_has_members_and_work(self, ward, one):
        cadre = make.make_member(make.make_organization(code="X"))
        make.make_member(one)
        make.make_assignment(cadre, one)
        Organization.objects.filter(pk=one.pk).update(validity=period(None, date(2025, 6, 30)))
        assert {(row.code, row.number, row.day) for row in found("closed-units", ward)} == {
            ("members", 1, date(2025, 6, 30)),
            ("assignments", 1, date(2025, 6, 30)),
        }

    def test_attendance_of_somebody_of_another_branch(self, ward, one, two):
        member = make.make_member(one)
        meeting = make.make_meeting(two, date(2026, 3, 3))
        make.attend(meeting, member)
        make.attend(make.make_meeting(one, date(2026, 3, 4)), member)
        (row,) = found("attendance-outside", ward)
        assert (row.member, row.organization, row.code) == (member, two, "elsewhere")

    def test_only_what_is_here_is_found(self, ward, one, two):
        for branch in (one, two):
            make.make_member(branch, full_name="Lê An", birth_date=BORN)
        assert found("duplicates", one) == []
        assert len(found("duplicates", ward)) == 1


class TestMerging:
    @pytest.fixture
    def kept(self, one):
        return make.make_member(one, code="K1", full_name="Lê An", birth_date=BORN)

    @pytest.fixture
    def gone(self, two):
        return make.make_member(two, code="K2", full_name="Lê Ân", birth_date=BORN)

    @pytest.fixture
    def user(self):
        return make.make_user("merger")

    def merge(self, kept, gone, user, **more):
        given = {"values": {}, "branch_of": kept, "by": user, "on": TODAY, "reason": "trùng"}
        return merging.merge_members(kept, gone, **given | more)

    def test_every_reference_to_a_member_is_thought_of(self):
        whole = [(model, "member") for model in (*merging.DATED, *merging.FITTED)]
        moved = [*merging.MOVED, *whole]
        thought_of = {f"{model._meta.label}.{field}" for model, field in moved}
        references = {
            f"{each.related_model._meta.label}.{each.field.name}"
            for each in Member._meta.get_fields(include_hidden=True)
            if isinstance(each, models.ForeignObjectRel)
        }
        assert references == thought_of | set(merging.STAYING), "what becomes of the others?"

    def test_the_history_of_both_stays(self, kept, gone, one, two, user):
        make.move(kept, two, on=date(2020, 1, 1))
        make.make_status(gone, "away", since=date(2019, 1, 1), until=date(2019, 6, 30))
        make.make_position(gone, two, title="Bí thư")
        both, other = (make.make_meeting(two, date(2026, month, 1)) for month in (1, 2))
        make.attend(both, kept, status="excused")
        make.attend(both, gone)
        make.attend(other, gone)
        task = make.make_task(gone, two, 2026)
        self.merge(kept, gone, user)
        periods = [(row.branch, row.validity) for row in kept.memberships.order_by("validity")]
        assert periods == [
            (one, period(make.LONG_AGO, date(2019, 12, 31))),
            (two, period(date(2020, 1, 1))),
        ]
        assert kept.statuses.get().status == "away"
        assert kept.positions.get().title == "Bí thư"
        statuses = Attendance.objects.order_by("meeting__held_on").values_list("member", "status")
        assert list(statuses) == [(kept.pk, "present"), (kept.pk, "present")]
        assert Task.objects.get(pk=task.pk).member == kept
        gone.refresh_from_db()
        assert (gone.merged_into, gone.merged_on) == (kept, TODAY)
        assert not gone.memberships.exists()

    def test_the_other_ones_branch_may_count(self, kept, gone, one, two, user):
        gone.memberships.update(validity=period(date(2010, 1, 1)))
        self.merge(kept, gone, user, branch_of=gone)
        periods = [(row.branch, row.validity) for row in kept.memberships.order_by("validity")]
        assert periods == [
            (one, period(make.LONG_AGO, date(2009, 12, 31))),
            (two, period(date(2010, 1, 1))),
        ]

    def test_two_assignments_to_one_target_become_one_with_the_work_of_both(
        self, kept, gone, one, user
    ):
        first = make.make_assignment(kept, one, since=date(2026, 3, 1))
        second = make.make_assignment(gone, one, since=date(2026, 1, 1))
        make.make_review(second, 2026)
        earlier = make.make_assignment(make.make_member(one), one, until=date(2025, 12, 31))
        ending = Ending.objects.create(
            assignment=earlier, successor=second, last_day=date(2025, 12, 31), reason="x"
        )
        own = Ending.objects.create(assignment=second, last_day=date(2026, 9, 30), reason="y")
        task = make.make_task(gone, one, 2026, assignment=second)
        self.merge(kept, gone, user)
        only = Assignment.objects.get(member=kept)
        assert (only.pk, only.validity) == (first.pk, period(date(2026, 1, 1)))
        assert only.reviews.count() == 1
        ending.refresh_from_db()
        own.refresh_from_db()
        assert (ending.successor, own.assignment) == (only, only)
        task.refresh_from_db()
        assert (task.assignment, task.member) == (only, kept)

    def test_what_stands_in_the_way_is_said_and_nothing_is_moved(self, kept, gone, user):
        make.make_user("first", member=kept)
        make.make_user("second", member=gone)
        with pytest.raises(ValidationError, match="account"):
            self.merge(kept, gone, user)
        assert gone.memberships.exists()

    def test_who_kept_the_minutes_of_the_other_is_asked_about(self, kept, gone, one, user):
        other = make.make_member(one)
        meetings = [make.make_meeting(one, date(2026, month, 3)) for month in (2, 3)]
        Minutes.objects.create(meeting=meetings[0], chair=gone, recorder=other)
        both = Minutes.objects.create(meeting=meetings[1], chair=kept, recorder=gone)
        with pytest.raises(ValidationError, match="minutes"):
            self.merge(kept, gone, user)
        both.delete()
        self.merge(kept, gone, user)
        assert Minutes.objects.get().chair == kept

    def test_nobody_merges_their_own_record(self, kept, gone, user):
        user.member = gone
        user.save()
        with pytest.raises(PermissionDenied):
            self.merge(kept, gone, user)

    def test_the_trail_says_who_and_why(self, kept, gone, user):
        self.merge(kept, gone, user)
        entry = JournalEntry.objects.filter(table_name="branches_member").latest("pk")
        assert (entry.user, entry.reason) == (user, "trùng")

    def test_nothing_new_is_written_for_who_was_merged(self, kept, gone, one, user):
        self.merge(kept, gone, user)
        with pytest.raises(IntegrityError, match="K1"), transaction.atomic():
            make.make_task(gone, one, 2026)

    def test_an_import_of_the_old_number_names_the_row(self, kept, gone, user, tmp_path):
        self.merge(kept, gone, user)
        (tmp_path / "members.csv").write_text(
            "code,full_name,admitted_on,branch_code,branch_since\n"
            "K2,Lê Ân,2000-01-01,W-1,2000-01-01\n"
        )
        (tmp_path / "statuses.csv").write_text("member_code,status,since\nK2,away,2025-01-01\n")
        with pytest.raises(WorkbookError) as refused:
            import_workbook(tmp_path, effective=TODAY)
        found = {(each.table, each.row, each.column) for each in refused.value.problems}
        assert {("members", 2, "code"), ("statuses", 2, "member_code")} <= found
        assert "K1" in str(refused.value)

    def test_merged_twice_is_refused(self, kept, gone, user):
        self.merge(kept, gone, user)
        with pytest.raises(ValidationError):
            self.merge(kept, gone, user)


class TestPages:
    def test_each_check_shows_its_rows_with_a_link_to_the_repair(self, board, ward, one, two):
        first = make.make_member(one, full_name="Lê An", birth_date=BORN)
        second = make.make_member(two, full_name="Lê Ân", birth_date=BORN)
        page = text_of(board.get("/quality/"))
        assert f"/quality/merge/{first.pk}/{second.pk}/" in page
        for check in CHECKS:
            assert board.get(f"/quality/?check={check.key}&page=9").status_code == 200

    def test_it_costs_the_same_whatever_it_finds(self, board, ward, one, two):
        few = count_queries(board, "/quality/")
        for number in range(60):
            for branch in (one, two):
                make.make_member(branch, full_name=f"Lê {number}", birth_date=BORN)
        assert few <= 12
        assert count_queries(board, "/quality/") <= 12

    def test_merging_on_the_page(self, board, ward, one, two):
        kept = make.make_member(one, full_name="Lê An", birth_date=BORN)
        gone = make.make_member(two, full_name="Lê Ân", birth_date=BORN)
        url = f"/quality/merge/{kept.pk}/{gone.pk}/"
        form = board.get(url).context["form"]
        posted = {name: form[name].value() for name in form.fields} | {"reason": "trùng"}
        posted["value_full_name"] = "gone"
        assert board.post(url, posted | {"merge": "x"}).status_code == 302
        kept.refresh_from_db()
        assert kept.full_name == "Lê Ân"
        assert board.get(url).status_code == 404

    def test_ratings_of_both_are_found_from_the_one_that_stays(self, board, ward, one, two):
        kept = make.make_member(one, full_name="Lê An", birth_date=BORN)
        gone = make.make_member(two, full_name="Lê Ân", birth_date=BORN)
        roll_up_inline(ward, year=2025, at=datetime(2026, 1, 5, tzinfo=UTC))
        user = make.make_user("merger")
        values = {"values": {}, "branch_of": kept, "by": user, "on": TODAY, "reason": "trùng"}
        merging.merge_members(kept, gone, **values)
        page = text_of(board.get(f"/members/{kept.pk}/"))
        for rating in Rating.objects.all():
            assert f"/ratings/{rating.pk}/" in page
            assert board.get(f"/ratings/{rating.pk}/").status_code == 200

    def test_of_two_who_edit_the_second_is_told(self, board, ward, one, two):
        kept = make.make_member(one, full_name="Lê An", birth_date=BORN)
        gone = make.make_member(two, full_name="Lê Ân", birth_date=BORN)
        url = f"/quality/merge/{kept.pk}/{gone.pk}/"
        form = board.get(url).context["form"]
        posted = {name: form[name].value() for name in form.fields} | {"reason": "trùng"}
        Member.objects.filter(pk=gone.pk).update(occupation="Thợ")
        response = board.post(url, posted | {"merge": "x"})
        assert response.status_code == 200
        assert response.context["form"].non_field_errors()
        assert gone.memberships.exists()

    def test_two_who_are_two_are_not_shown_again(self, board, ward, one, two):
        kept = make.make_member(one, full_name="Lê An", birth_date=BORN)
        gone = make.make_member(two, full_name="Lê Ân", birth_date=BORN)
        board.post(f"/quality/merge/{gone.pk}/{kept.pk}/", {"distinct": "1"})
        assert found("duplicates", ward) == []

    def test_a_member_without_a_branch_gets_one(self, board, ward, one, two):
        member = make.make_member(one)
        member.memberships.update(validity=period(make.LONG_AGO, date(2024, 5, 31)))
        url = f"/quality/place/{member.pk}/"
        early = {"branch": two.code, "since": "01/05/2024", "reason": "x"}
        assert board.post(url, early).context["form"].errors["since"]
        assert board.post(url, early | {"since": "01/06/2024"}).status_code == 302
        assert member.memberships.get(branch=two).validity == period(date(2024, 6, 1))

    def test_a_closed_branch_is_settled(self, board, ward, one, two):
        member = make.make_member(one)
        left = make.make_member(one, left_on=date(2020, 1, 1), left_reason="deceased")
        assignment = make.make_assignment(member, one)
        Organization.objects.filter(pk=one.pk).update(validity=period(None, date(2025, 6, 30)))
        url = f"/quality/settle/{one.pk}/"
        assert board.post(url, {"reason": "x"}).context["form"].errors["successor"]
        assert board.post(url, {"successor": two.code, "reason": "x"}).status_code == 302
        assert member.memberships.get(branch=two).validity == period(date(2025, 7, 1))
        assert not left.memberships.filter(branch=two).exists()
        assignment.refresh_from_db()
        assert assignment.validity.upper == date(2025, 7, 1)
        assert found("closed-units", ward) == []

    def test_a_roster_is_repaired(self, board, ward, one, two):
        member = make.make_member(one)
        row = make.attend(make.make_meeting(two, date(2026, 3, 3)), member)
        url = f"/quality/attendance/{row.pk}/"
        assigned = {"repair": "assigned", "reason": "x"}
        assert board.post(url, assigned).context["form"].errors["repair"]
        make.make_assignment(member, two)
        assert board.post(url, assigned).status_code == 302
        row.refresh_from_db()
        assert row.capacity == "assigned"
        assert board.post(url, {"repair": "remove", "reason": "x"}).status_code == 302
        assert not Attendance.objects.filter(pk=row.pk).exists()
