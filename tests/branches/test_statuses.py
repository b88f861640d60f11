"""Exemptions, suspensions, activity elsewhere, and disciplines."""

from datetime import date

from accounts.models import JournalEntry
from branches.editing import mark_of
from branches.models import Discipline, MemberStatus
from tests import builders as make

from .test_member_editing import MARCH_1, EditingTests

EXEMPT = {
    "status": "exempt",
    "since": "01/03/2025",
    "until": "31/12/2025",
    "decision_number": "12-QĐ/ĐU",
    "decided_on": "20/02/2025",
    "authority": "Đảng ủy phường",
    "reason": "Sức khỏe yếu",
}


class StatusTests(EditingTests):
    def add(self, **data):
        return self.client.post(self.url("member_status_add", self.member.pk), EXEMPT | data)

    def change(self, row, **data):
        seen = {"seen": mark_of(row)}
        return self.client.post(self.url("member_status_change", row.pk), EXEMPT | seen | data)

    def test_an_exemption_has_its_decision(self):
        assert self.add().status_code == 302
        row = MemberStatus.objects.get()
        assert (row.decision_number, row.decided_on) == ("12-QĐ/ĐU", date(2025, 2, 20))
        assert (row.validity.lower, row.validity.upper) == (MARCH_1, date(2026, 1, 1))
        assert "decision_number" in self.errors(
            self.add(since="01/02/2026", until="", decision_number="")
        )

    def test_away_has_a_place_typed_or_picked(self):
        assert "receiving_place" in self.errors(self.add(status="away"))
        self.add(status="away", receiving_place="Chi bộ thôn 3, tỉnh Kon Tum", until="31/03/2025")
        self.add(status="away", receiving_place="W-2", since="01/06/2025")
        places = MemberStatus.objects.order_by("validity").values_list("receiving_place", flat=True)
        assert list(places) == ["Chi bộ thôn 3, tỉnh Kon Tum", "W-2"]  # the name of W-2 is W-2

    def test_a_suspension_needs_neither(self):
        plain = {"decision_number": "", "decided_on": "", "until": ""}
        assert self.add(status="suspended", **plain).status_code == 302

    def test_one_status_holds_on_a_day(self):
        make.make_status(self.member, since=MARCH_1)
        assert "since" in self.errors(self.add(since="01/06/2025"))
        assert self.add(since="01/01/2025", until="28/02/2025").status_code == 302

    def test_days_that_cannot_be(self):
        assert "since" in self.errors(self.add(since="31/12/1999"))
        assert "until" in self.errors(self.add(until="28/02/2025"))

    def test_ends_early(self):
        self.add()
        assert self.change(MemberStatus.objects.get(), until="30/06/2025").status_code == 302
        assert MemberStatus.objects.get().validity.upper == date(2025, 7, 1)

    def test_the_second_of_two_is_told(self):
        self.add()
        before = MemberStatus.objects.get()
        self.change(before, until="30/06/2025")
        assert "__all__" in self.errors(self.change(before, until="30/09/2025"))
        assert MemberStatus.objects.get().validity.upper == date(2025, 7, 1)

    def test_a_mistake_is_deleted_with_a_reason(self):
        self.add()
        row = MemberStatus.objects.get()
        url = self.url("member_status_delete", row.pk)
        assert "reason" in self.errors(self.client.post(url, {"seen": mark_of(row)}))
        assert self.client.post(url, {"seen": mark_of(row), "reason": "Nhầm"}).status_code == 302
        assert not MemberStatus.objects.exists()
        assert JournalEntry.objects.about(MemberStatus, row.pk).latest("pk").reason == "Nhầm"

    def test_of_others_it_is_not_found(self):
        row = make.make_status(self.stranger)
        assert self.client.get(self.url("member_status_change", row.pk)).status_code == 404
        assert self.client.post(self.url("member_status_delete", row.pk)).status_code == 404
        self.client.force_login(self.leader)
        own = make.make_status(self.member)
        assert self.change(own).status_code == 403

    def test_long_exemptions_are_pointed_out(self):
        make.make_status(self.member, since=MARCH_1, until=date(2026, 2, 28))
        page = self.client.get(self.url("member_edit", self.member.pk)).content.decode()
        assert '"chip chip-warning"' in page


class DisciplineTests(EditingTests):
    def add(self, **data):
        values = {"form": "warning", "decided_on": "01/03/2025", "decision_number": "5-QĐ/UBKT"}
        return self.client.post(self.url("member_discipline_add", self.member.pk), values | data)

    def test_has_its_decision(self):
        assert self.add(authority="Ủy ban Kiểm tra").status_code == 302
        row = Discipline.objects.get()
        assert (row.form, row.decided_on, row.issuer) == ("warning", MARCH_1, "Ủy ban Kiểm tra")

    def test_one_a_day_and_not_before_the_admission(self):
        self.add()
        assert "decided_on" in self.errors(self.add())
        assert "decided_on" in self.errors(self.add(decided_on="31/12/1999"))

    def test_changed_and_deleted(self):
        row = make.make_discipline(self.member, MARCH_1)
        url = self.url("member_discipline_change", row.pk)
        values = {"form": "warning", "decided_on": "01/03/2025", "seen": mark_of(row)}
        assert self.client.post(url, values).status_code == 302
        assert "__all__" in self.errors(self.client.post(url, values))
        row.refresh_from_db()
        url = self.url("member_discipline_delete", row.pk)
        self.client.post(url, {"seen": mark_of(row), "reason": "Nhầm"})
        assert not Discipline.objects.exists()
