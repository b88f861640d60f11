"""Doing something with many members at once: previewed, all or nothing, in few queries."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import JournalEntry
from branches.models import EarlierPersonClass, Member, MemberStatus
from tests import builders as make
from tests.pages import text_of

from .test_member_editing import MARCH_1, EditingTests

TRANSFER = {"branch": "W-2", "since": "01/03/2025", "reason": "QĐ 12"}


class BulkTests(EditingTests):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.many = [cls.member, *(make.make_member(cls.branch) for _number in range(4))]

    def address(self, do, members=None, **query):
        query = {"do": do, "org": self.ward.pk} | query
        ids = "".join(f"&ids={member.pk}" for member in members or ())
        return self.url("member_bulk") + "?" + "&".join(f"{k}={v}" for k, v in query.items()) + ids

    def preview(self, do, members, data, **query):
        return self.client.post(self.address(do, members, **query), data)

    def save(self, do, members, data, **query):
        """Preview, then save what the preview showed."""
        shown = self.preview(do, members, data, **query)
        assert shown.context["mark"], shown.context["problems"]
        return self.preview(do, members, data | {"mark": shown.context["mark"]}, **query)

    def test_transfers_those_ticked(self):
        response = self.save("transfer", self.many[:3], TRANSFER)
        assert response.status_code == 302
        assert self.belongs() == [
            (self.branch, make.LONG_AGO, MARCH_1),
            (self.second, MARCH_1, None),
        ]
        assert (
            Member.objects.in_branches(
                type(self.branch).objects.filter(pk=self.second.pk), on=MARCH_1
            ).count()
            == 3
        )

    def test_a_preview_saves_nothing_and_counts(self):
        response = self.preview("transfer", self.many, TRANSFER)
        assert len(response.context["plan"].changed) == 5
        assert len(self.belongs()) == 1

    def test_all_that_pass_the_filters(self):
        other = make.make_member(self.second, full_name="Lê Thị Khác")
        self.save(
            "occupation", None, {"occupation": "Nông dân", "reason": "Rà soát"}, all="1", q="nguyen"
        )
        assert Member.objects.filter(occupation="Nông dân").count() == 4
        other.refresh_from_db()
        assert other.occupation == ""

    def test_one_who_cannot_be_stops_all(self):
        make.move(self.many[2], self.second, on=date(2025, 6, 1))
        third = make.make_member(self.branch, since=date(2025, 3, 1), code="M-LATE")
        response = self.preview("transfer", [*self.many, third], TRANSFER)
        assert [member for member, _text in response.context["problems"]] == [third]
        assert not response.context["mark"]
        forced = self.preview("transfer", [*self.many, third], TRANSFER | {"mark": "x"})
        assert forced.status_code == 200
        assert len(self.belongs()) == 1
        # Who is there already is left as they are.
        assert [each.pk for each in response.context["plan"].unchanged] == [self.many[2].pk]

    def test_saved_is_what_the_preview_showed(self):
        mark = self.preview("transfer", self.many, TRANSFER).context["mark"]
        changed = TRANSFER | {"since": "01/04/2025", "mark": mark}
        response = self.preview("transfer", self.many, changed)
        assert response.status_code == 200
        assert len(self.belongs()) == 1

    def test_a_status_for_many(self):
        data = {"status": "suspended", "since": "01/03/2025", "until": "", "reason": "Tạm dừng"}
        self.save("status", self.many, data)
        assert MemberStatus.objects.filter(validity__startswith=MARCH_1).count() == 5
        again = self.preview("status", self.many[:2], data | {"since": "01/06/2025"})
        assert len(again.context["problems"]) == 2

    def test_a_status_that_cannot_be(self):
        data = {"status": "exempt", "since": "01/03/2025", "until": "01/02/2025", "reason": "x"}
        assert set(self.errors(self.preview("status", self.many, data))) == {
            "until",
            "decision_number",
        }

    def test_a_class_for_many_keeps_what_was(self):
        data = {"person_class": "leader", "class_since": "01/03/2025", "reason": "QĐ"}
        self.save("person_class", self.many, data)
        assert EarlierPersonClass.objects.filter(validity__endswith=MARCH_1).count() == 5
        assert Member.objects.filter(person_class="leader").count() == 5
        back = data | {"person_class": "outside"}
        self.save("person_class", self.many, back)
        assert not EarlierPersonClass.objects.exists()
        late = self.preview("person_class", self.many, data | {"class_since": "01/02/2025"})
        assert late.context["plan"].problems == []  # nothing is earlier any more

    def test_the_reason_stands_in_the_trail(self):
        assert "reason" in self.errors(self.preview("occupation", self.many, {"occupation": "A"}))
        self.save("occupation", self.many, {"occupation": "Nông dân", "reason": "Rà soát 2025"})
        entry = JournalEntry.objects.about(Member, self.member.pk).latest("pk")
        assert (entry.reason, entry.user) == ("Rà soát 2025", self.office)

    def test_members_of_others_are_not_taken(self):
        response = self.preview("transfer", [self.stranger], TRANSFER)
        assert response.context["members"] == []
        assert "branch" in self.errors(
            self.preview("transfer", self.many, TRANSFER | {"branch": "X-1"})
        )
        self.client.force_login(self.leader)
        assert self.client.get(self.address("transfer", self.many)).status_code == 403

    def test_nobody_chosen(self):
        assert self.client.get(self.address("transfer")).context["members"] == []
        assert self.client.get(self.address("nothing")).status_code == 404

    def test_as_many_queries_for_many_as_for_few(self):
        def cost(members, data):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert self.save("transfer", members, data).status_code == 302
            return len(queries)

        few = cost(self.many[:2], TRANSFER)
        more = [make.make_member(self.branch) for _number in range(45)]
        assert cost(more, TRANSFER) <= few

    def test_the_list_offers_it_to_who_may(self):
        page = text_of(self.client.get(self.url("members")))
        assert 'form="bulk"' in page
        self.client.force_login(self.leader)
        assert 'form="bulk"' not in text_of(self.client.get(self.url("members")))
