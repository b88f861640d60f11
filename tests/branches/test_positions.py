"""Posts at organizations: taken up, changed on a day, ended, deleted."""

from datetime import date

from branches.editing import mark_of
from branches.models import Position
from tests import builders as make

from .test_member_editing import MARCH_1, EditingTests

POST = {
    "member": "M-1",
    "organization": "W",
    "title": "Phó Bí thư",
    "rank": "deputy_secretary",
    "field": "Kinh tế; Dân vận",
    "since": "01/03/2025",
}


class PositionTests(EditingTests):
    def add(self, **data):
        return self.client.post(self.url("position_add"), POST | data)

    def submit(self, page, row, **data):
        return self.client.post(self.url(page, row.pk), {"seen": mark_of(row)} | data)

    def held(self):
        rows = Position.objects.order_by("validity")
        return [(each.title, each.validity.lower, each.validity.upper) for each in rows]

    def test_begins(self):
        assert self.add().status_code == 302
        row = Position.objects.get()
        assert (row.member, row.organization, row.rank) == (
            self.member,
            self.ward,
            "deputy_secretary",
        )

    def test_the_boxes_are_filled_from_the_address(self):
        query = {"member": self.member.pk, "organization": self.ward.pk}
        form = self.client.get(self.url("position_add"), query).context["form"]
        assert form.initial == {"member": self.member, "organization": self.ward}
        query = {"member": self.stranger.pk, "organization": self.other_ward.pk}
        form = self.client.get(self.url("position_add"), query).context["form"]
        assert form.initial == {"member": None, "organization": None}

    def test_what_cannot_be(self):
        assert "member" in self.errors(self.add(member="X-1"))
        assert "organization" in self.errors(self.add(organization="X"))
        assert "since" in self.errors(self.add(since="31/12/1999"))
        assert "until" in self.errors(self.add(until="01/02/2025"))
        self.add()
        assert "since" in self.errors(self.add(since="01/06/2025"))

    def test_a_change_from_a_day_keeps_what_was(self):
        row = make.make_position(self.member, self.ward, title="Ủy viên", field="Kinh tế")
        values = {"title": "Phó Bí thư", "rank": "deputy_secretary", "since": "01/01/2000"}
        response = self.submit("position_change", row, **values, changed_on="01/03/2025")
        assert response.status_code == 302
        assert self.held() == [
            ("Ủy viên", make.LONG_AGO, MARCH_1),
            ("Phó Bí thư", MARCH_1, None),
        ]

    def test_without_a_day_it_is_a_correction(self):
        row = make.make_position(self.member, self.ward, title="Ủy viên")
        values = {"title": "Phó Bí thư", "rank": "deputy_secretary", "since": "01/01/2001"}
        self.submit("position_change", row, **values)
        assert self.held() == [("Phó Bí thư", date(2001, 1, 1), None)]
        assert "__all__" in self.errors(self.submit("position_change", row, **values))

    def test_a_change_lies_within_the_position(self):
        row = make.make_position(self.member, self.ward, title="Ủy viên")
        values = {"title": "Phó Bí thư", "rank": "other", "since": "01/01/2000"}
        response = self.submit("position_change", row, **values, changed_on="01/01/2000")
        assert "changed_on" in self.errors(response)

    def test_ends_for_a_reason(self):
        row = make.make_position(self.member, self.ward)
        assert "end_reason" in self.errors(self.submit("position_end", row, until="28/02/2025"))
        self.submit("position_end", row, until="28/02/2025", end_reason="Chuyển công tác")
        row.refresh_from_db()
        assert (row.validity.upper, row.end_reason) == (MARCH_1, "Chuyển công tác")

    def test_a_mistake_is_deleted(self):
        row = make.make_position(self.member, self.ward)
        assert self.submit("position_delete", row, reason="Nhầm").status_code == 302
        assert not Position.objects.exists()

    def test_a_post_that_a_team_stands_on_stays(self):
        row = make.make_position(self.member, self.ward, rank="standing_member")
        directive = make.make_directive(self.ward, issued_on=MARCH_1)
        make.make_team(directive, self.ward, self.member)
        assert "reason" in self.errors(self.submit("position_delete", row, reason="Nhầm"))
        ended = self.submit("position_end", row, until="31/01/2025", end_reason="Nghỉ")
        assert "until" in self.errors(ended)
        assert Position.objects.get().validity.upper is None

    def test_who_may(self):
        far = make.make_position(self.member, self.other_ward)
        assert self.client.get(self.url("position_change", far.pk)).status_code == 404
        theirs = make.make_position(self.stranger, self.ward)
        assert self.client.get(self.url("position_end", theirs.pk)).status_code == 404
        self.client.force_login(self.leader)
        own = make.make_position(self.member, self.ward)
        assert self.client.get(self.url("position_change", own.pk)).status_code == 403
        assert self.add().status_code == 403
