"""The pages of the audit trail: what auditors and members see of it, and what they do not."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.audited import NAMES, audited_models
from accounts.models import JournalEntry
from accounts.recording import log_access, recording
from branches.models import Attendance, Member, Organization
from tests.builders import (
    attend,
    grant,
    make_assignment,
    make_meeting,
    make_member,
    make_organization,
    make_review,
    make_status,
    make_task,
    make_user,
    make_ward,
)

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 1)
JOURNAL = reverse("accounts:journal")


class World:
    """Two wards of one district; an auditor of the first, one of the district; a clerk who writes
    in both."""

    def __init__(self):
        self.district = make_organization("district", code="D", name="Quận ủy")
        self.ward, [self.branch] = make_ward("W", parent=self.district)
        self.other_ward, [self.other_branch] = make_ward("X", parent=self.district)
        self.other_ward.name = "Đảng ủy phường Hai"
        self.other_ward.save()
        self.clerk = make_user("thuky")
        with recording(user=self.clerk, reason="Danh sách đầu năm"):
            self.an = make_member(self.branch, code="AN01234567", full_name="Lê Văn An")
            self.binh = make_member(self.other_branch, code="BINH987654", full_name="Trần Thị Bình")
        self.auditor = make_user("kiemtra")
        grant(self.auditor, "auditor", self.ward)
        self.chief = make_user("truongban")
        grant(self.chief, "auditor", self.district)


@pytest.fixture
def world():
    return World()


def page(client, user, address, **query):
    client.force_login(user)
    return client.get(address, query)


def text(client, user, address, **query):
    response = page(client, user, address, **query)
    assert response.status_code == 200
    return response.content.decode()


def newest(model=Member):
    return JournalEntry.objects.filter(table_name=model._meta.db_table).latest("pk")


def entry_address(entry):
    return reverse("accounts:journal_entry", args=[entry.pk])


def listed(client, user, **query):
    """(table, operation) of the entries on the list."""
    client.force_login(user)
    rows = client.get(JOURNAL, query).context["table"].page.object_list
    return {(row.record.table_name, row.record.operation) for row in rows}


class TestWhoMay:
    @pytest.mark.parametrize("role", ["board", "office", "secretary", "leader"])
    def test_not_other_roles(self, client, world, role):
        user = make_user()
        grant(user, role, world.district)
        for address in (JOURNAL, reverse("accounts:access_log"), entry_address(newest())):
            assert page(client, user, address).status_code == 403

    def test_an_auditor(self, client, world):
        assert "Danh sách đầu năm" in text(client, world.auditor, JOURNAL)

    def test_only_reading(self, client, world):
        client.force_login(world.auditor)
        assert client.post(JOURNAL).status_code == 405


class TestScope:
    def test_an_entry_of_another_ward_is_not_there(self, client, world):
        with recording(user=world.clerk, reason="Chỉ bên kia"):
            make_status(world.binh)
        assert "Chỉ bên kia" not in text(client, world.auditor, JOURNAL)
        assert "Chỉ bên kia" in text(client, world.chief, JOURNAL)
        address = entry_address(newest(type(world.binh.statuses.get())))
        assert page(client, world.auditor, address).status_code == 404
        assert page(client, world.chief, address).status_code == 200

    def test_of_a_bulk_entry_only_the_rows_inside(self, client, world):
        with recording(user=world.clerk):
            Member.objects.update(occupation="Giáo viên")
        address = entry_address(newest())
        mine, all_of_it = (text(client, who, address) for who in (world.auditor, world.chief))
        assert "Lê Văn An" in mine
        assert "Trần Thị Bình" not in mine
        assert "Lê Văn An" in all_of_it
        assert "Trần Thị Bình" in all_of_it

    def test_of_a_bulk_insert_only_the_rows_inside(self, client, world):
        meetings = [make_meeting(branch, DAY) for branch in (world.branch, world.other_branch)]
        Attendance.objects.bulk_create(
            Attendance(meeting=meeting, member=member, status="present")
            for meeting, member in zip(meetings, (world.an, world.binh), strict=True)
        )
        address = entry_address(newest(Attendance))
        mine = page(client, world.auditor, address)
        assert [row.pk for row in mine.context["rows"]] == [world.an.attendance.get().pk]
        assert mine.context["unseen"] == 1
        assert len(page(client, world.chief, address).context["rows"]) == 2

    def test_a_deleted_row_is_seen_by_whom_its_owner_is_seen(self, client, world):
        for member in (world.an, world.binh):
            status = make_status(member)
            with recording(reason=f"Nhầm {member.code}"):
                status.delete()
        shown = text(client, world.auditor, JOURNAL)
        assert "Nhầm AN01234567" in shown
        assert "Nhầm BINH987654" not in shown
        gone = newest(type(status))
        assert page(client, world.auditor, entry_address(gone)).status_code == 404
        assert len(page(client, world.chief, entry_address(gone)).context["rows"]) == 1

    def test_who_answers_for_everything_sees_what_is_gone(self, client, world):
        world.binh.delete()
        assert "Trần Thị Bình" in text(client, world.chief, entry_address(newest()))

    def test_names_outside_the_scope_are_not_told(self, client, world):
        """An moves to the other ward's branch: the auditor sees the move, not the place."""
        membership = world.an.memberships.get()
        membership.branch = world.other_branch
        membership.save()
        world.other_branch.name = "Chi bộ Bí Mật"
        world.other_branch.save()
        membership.branch = world.branch
        membership.save()
        shown = text(client, world.auditor, entry_address(newest(type(membership))))
        assert "Bí Mật" not in shown
        assert f"#{world.other_branch.pk}" in shown

    def test_another_role_elsewhere_opens_no_journal(self, client, world):
        grant(world.auditor, "secretary", world.other_branch)
        with recording(reason="Chỉ bên kia"):
            make_status(world.binh)
        assert "Chỉ bên kia" not in text(client, world.auditor, JOURNAL)

    def test_an_administrator_sees_users_and_organizations_but_no_members(self, client, world):
        administrator = make_user("quantri")
        grant(administrator, "administrator", world.district)
        seen = {table for table, _operation in listed(client, administrator)}
        assert {"accounts_user", "accounts_grant", "branches_organization"} <= seen
        assert not {"branches_member", "branches_membership"} & seen

    @pytest.mark.parametrize("model", audited_models(), ids=lambda model: model._meta.label)
    def test_every_table_can_be_asked_for(self, client, world, model):
        listed(client, world.auditor, table=model._meta.db_table)
        assert NAMES[model._meta.label]


class TestFilters:
    def test_by_person(self, client, world):
        make_status(world.an)
        assert {table for table, _ in listed(client, world.auditor, q="thuky")} == {
            "branches_member",
            "branches_membership",
        }

    def test_by_kind_of_record_and_operation(self, client, world):
        world.an.occupation = "Thợ"
        world.an.save()
        chosen = listed(client, world.auditor, table="branches_member", operation="update")
        assert chosen == {("branches_member", "update")}

    def test_by_code_also_a_former_one(self, client, world):
        world.an.code = "AN99999999"
        world.an.save()
        make_meeting(world.branch, DAY, code="AN-H1")
        for code in ("AN01234567", "AN99999999"):
            assert listed(client, world.auditor, code=code) == {
                ("branches_member", "insert"),
                ("branches_member", "update"),
            }
        assert listed(client, world.auditor, code="BINH987654") == set()

    def test_by_period(self, client, world):
        assert listed(client, world.auditor, until="01/01/2020", since="") == set()
        assert listed(client, world.auditor, since="01/01/2020")

    def test_the_last_thirty_days_unless_asked(self, client, world):
        form = page(client, world.auditor, JOURNAL).context["filters"].form
        shown = date(*map(int, reversed(form["since"].value().split("/"))))
        assert (timezone.localdate() - shown).days == 30

    @pytest.mark.parametrize(
        "query",
        [
            {"since": "31/31/2025"},
            {"table": "pg_user"},
            {"code": "'"},
            {"page": "x"},
            {"q": "%"},
        ],
    )
    def test_nonsense_is_no_error(self, client, world, query):
        assert page(client, world.auditor, JOURNAL, **query).status_code == 200


class TestEntry:
    def test_before_and_after_with_the_names_of_fields(self, client, world):
        with recording(user=world.clerk, reason="Sửa nghề"):
            world.an.occupation = "Giáo viên"
            world.an.save()
        [row] = page(client, world.auditor, entry_address(newest())).context["rows"]
        assert row.title == "Lê Văn An"
        [field] = row.fields
        assert (field.name, field.before, field.after) == ("Nghề nghiệp", "–", "Giáo viên")

    def test_an_insert_shows_what_was_entered_not_what_is(self, client, world):
        entry = newest()
        world.binh.full_name = "Trần Thị Bình An"
        world.binh.save()
        [row] = page(client, world.chief, entry_address(entry)).context["rows"]
        assert "Trần Thị Bình" in [field.after for field in row.fields]
        assert "Trần Thị Bình An" not in [field.after for field in row.fields]

    def test_personal_numbers_are_masked_for_who_may_not_see_them(self, client, world):
        world.an.identity_number = "079203001234"
        world.an.phone = "0912345678"
        world.an.code = "AN55566677"
        world.an.save()
        shown = text(client, world.auditor, entry_address(newest()))
        for secret in ("079203001234", "0912345678", "AN55566677", "AN01234567"):
            assert secret not in shown
        assert "••••••" in shown
        grant(world.auditor, "office", world.ward)
        assert "079203001234" in text(client, world.auditor, entry_address(newest()))

    def test_of_a_secret_only_that_it_changed(self, client, world):
        world.auditor.set_password("another long password")
        world.auditor.save()
        entry = newest(type(world.auditor))
        [row] = page(client, world.chief, entry_address(entry)).context["rows"]
        assert [field.hidden for field in row.fields] == [True]

    def test_numbers_of_queries_do_not_grow(self, client, world):
        Member.objects.filter(pk=world.an.pk).update(occupation="Nông dân")
        address = entry_address(newest())
        with CaptureQueriesContext(connection) as few:
            text(client, world.auditor, address)
        for number in range(60):
            make_member(world.branch, code=f"N{number}")
        Member.objects.update(occupation="Thợ")
        with CaptureQueriesContext(connection) as many:
            shown = page(client, world.auditor, entry_address(newest()))
        assert len(shown.context["rows"]) == 50
        assert len(many) <= len(few) + 4 <= 60


class TestBudget:
    def test_the_list(self, client, world):
        for _number in range(60):
            make_status(make_member(world.branch))
        client.force_login(world.auditor)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(JOURNAL).context["table"].page.object_list) == 50
        assert len(queries) <= 25

    def test_the_history_of_a_member(self, client, world):
        for number in range(1, 13):
            attend(make_meeting(world.branch, date(2025, number, 3)), world.an)
            make_task(world.an, world.branch, 2025)
        client.force_login(world.auditor)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("accounts:member_history", args=[world.an.pk]))
        assert len(queries) <= 60


class TestMemberHistory:
    def address(self, member):
        return reverse("accounts:member_history", args=[member.pk])

    def test_all_that_was_entered_about_a_member(self, client, world):
        make_status(world.an)
        attend(make_meeting(world.branch, DAY), world.an)
        make_task(world.an, world.branch, 2025, title="Hòa giải")
        make_assignment(world.an, world.other_branch, code="PC-7")
        status = world.an.statuses.get()
        with recording(user=world.clerk, reason="Nhập nhầm"):
            status.delete()
        happenings = page(client, world.auditor, self.address(world.an)).context["happenings"]
        done = {(each.entry.table_name, each.entry.operation) for each in happenings}
        assert done == {
            ("branches_member", "insert"),
            ("branches_membership", "insert"),
            ("branches_memberstatus", "insert"),
            ("branches_memberstatus", "delete"),
            ("branches_attendance", "insert"),
            ("assignments_task", "insert"),
            ("assignments_assignment", "insert"),
        }
        assert happenings[0].entry.reason == "Nhập nhầm"

    def test_of_a_bulk_entry_only_the_members_own_row(self, client, world):
        Member.objects.update(occupation="Thợ")
        newest_first = page(client, world.auditor, self.address(world.an)).context["happenings"]
        assert [row.pk for row in newest_first[0].rows] == [world.an.pk]

    def test_ones_own(self, client, world):
        user = make_user("an", member=world.an)
        assert "Danh sách đầu năm" in text(client, user, self.address(world.an))
        assert page(client, user, self.address(world.binh)).status_code == 404

    def test_who_sees_the_member_but_no_journal_may_not(self, client, world):
        secretary = make_user()
        grant(secretary, "secretary", world.branch)
        assert page(client, secretary, self.address(world.an)).status_code == 403
        assert self.address(world.an) not in text(client, secretary, world.an.get_absolute_url())

    def test_linked_from_the_members_page(self, client, world):
        assert self.address(world.an) in text(client, world.auditor, world.an.get_absolute_url())

    def test_reviews_are_about_the_assignment(self, client, world):
        assignment = make_assignment(world.an, world.branch)
        make_review(assignment, 2025)
        assert ("assignments_review", "insert") in listed(client, world.auditor)


class TestAccessLog:
    address = reverse("accounts:access_log")

    def test_reads_inside_the_scope_alone(self, client, world):
        for member in (world.an, world.binh):
            log_access("ratings_seen", by=world.clerk, at=timezone.now(), member=member)
        log_access(
            "ratings_exported", by=world.clerk, at=timezone.now(), organization=world.other_ward
        )
        shown = text(client, world.auditor, self.address)
        assert "Lê Văn An" in shown
        assert "Trần Thị Bình" not in shown
        assert world.other_ward.name not in shown
        assert "Trần Thị Bình" in text(client, world.chief, self.address)

    def test_sign_ins_of_users_of_the_scope(self, client, world):
        log_access("signed_in", by=world.auditor, at=timezone.now(), note="own")
        log_access("signed_in", by=world.chief, at=timezone.now(), note="above")
        notes = [
            row.note for row in page(client, world.auditor, self.address).context["table"].data
        ]
        assert notes == ["own"]

    def test_filters(self, client, world):
        log_access("ratings_seen", by=world.clerk, at=timezone.now(), member=world.an)
        log_access("signed_in", by=world.auditor, at=timezone.now())

        def kinds(**query):
            table = page(client, world.chief, self.address, **query).context["table"]
            return [row.kind for row in table.data]

        assert kinds(kind="signed_in") == ["signed_in"]
        assert kinds(q="thuky") == ["ratings_seen"]
        assert kinds(code=world.an.code) == ["ratings_seen"]
        assert kinds(until="01/01/2020", since="") == []


def test_an_organization_of_ones_own_that_ended_keeps_its_journal(client, world):
    Organization.objects.filter(pk=world.branch.pk).update(name="Chi bộ cũ")
    assert ("branches_organization", "update") in listed(client, world.auditor)
