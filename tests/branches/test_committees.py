"""Who sits in a committee, what is vacant and why, and what everyone answers for."""

from datetime import date

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from branches.committees import committee_on
from branches.editing import mark_of
from branches.models import CommitteeTerm, JobDescription
from branches.periods import period
from evaluations.reports import roster
from tests import builders as make
from tests.pages import count_queries, text_of
from tests.refusal import assert_refused

BEGUN, TRANSFERRED = date(2020, 7, 1), date(2021, 10, 1)
ON = date(2022, 5, 18)
RANKS = ["secretary", *["deputy_secretary"] * 2, *["standing_member"] * 2]


class PhongAnTests(TestCase):
    """The committee of Phong An on 18 May 2022: 14 of 15, one transferred; standing committee 5."""

    @classmethod
    def setUpTestData(cls):
        cls.town, cls.branches = make.make_ward("PA", branches=3)
        cls.term = make.make_term(
            cls.town,
            name="2020–2025",
            seats=15,
            standing_seats=5,
            since=BEGUN,
            fields="Kinh tế\nDân vận\nQuốc phòng",
        )
        ranks = [*RANKS, *["committee_member"] * 10]
        cls.people = [
            make.make_member(cls.branches[0], full_name=f"Nguyễn Văn {chr(65 + number)}")
            for number in range(15)
        ]
        cls.posts = [
            make.make_position(
                member,
                cls.town,
                rank=rank,
                title="Ủy viên" if rank.endswith("member") else f"Chức {number}",
                since=BEGUN,
                field=f"Lĩnh vực {number}",
            )
            for number, (member, rank) in enumerate(zip(cls.people, ranks, strict=True))
        ]
        gone = cls.posts[-1]
        gone.validity = period(BEGUN, TRANSFERRED.replace(day=1))
        gone.end_reason = "Chuyển công tác"
        gone.save()
        cls.leader, cls.office = make.make_user(), make.make_user()
        make.grant(cls.leader, Role.LEADER, cls.town)
        make.grant(cls.office, Role.OFFICE, cls.town)

    def found(self, on=ON):
        return committee_on(self.town, on=on)

    def page(self, user=None, **query):
        self.client.force_login(user or self.leader)
        return self.client.get(reverse("branches:committee", args=[self.town.pk]), query)

    def give(self, number, **fields):
        type(self.posts[number]).objects.filter(pk=self.posts[number].pk).update(**fields)

    def test_figures(self):
        found = self.found()
        assert (found.filled, found.term.seats, found.standing) == (14, 15, 5)
        (vacancy,) = found.vacancies
        assert (vacancy.position.member, vacancy.why) == (self.people[-1], "Chuyển công tác")
        assert (found.standing_vacant, found.term) == (0, self.term)

    def test_they_stand_on_the_page(self):
        page = text_of(self.page(on=ON.isoformat()))
        assert "Chuyển công tác" in page
        assert "2020–2025" in page
        assert page.count("Nguyễn Văn") >= 15

    def test_on_another_day_it_was_full(self):
        found = self.found(BEGUN)
        assert (found.filled, found.vacancies) == (15, [])

    def test_who_left_the_party_sits_no_more(self):
        self.people[3].left_on, self.people[3].left_reason = date(2022, 1, 1), "deceased"
        self.people[3].save()
        found = self.found()
        assert (found.filled, found.standing, len(found.vacancies)) == (13, 4, 2)
        assert found.vacancies[0].position.member == self.people[3]
        assert found.vacancies[0].ended_on == date(2022, 1, 1)

    def test_a_seat_that_nobody_took(self):
        CommitteeTerm.objects.filter(pk=self.term.pk).update(seats=17)
        vacancies = self.found().vacancies
        assert [each.position is None for each in vacancies] == [False, True, True]

    def test_two_posts_here_take_one_seat(self):
        make.make_position(self.people[0], self.town, rank="committee_member", title="Ủy viên")
        assert self.found().filled == 14

    def test_a_field_without_owner_and_one_of_two(self):
        self.give(0, field="kinh  TẾ; Dân vận")
        self.give(7, field="Dân vận")
        found = self.found()
        assert found.unowned == ["Quốc phòng"]
        (shared,) = found.shared_fields
        assert [each.member for each in shared.holders] == [self.people[0], self.people[7]]
        assert "Quốc phòng" in text_of(self.page(on=ON.isoformat()))

    def test_two_of_one_title_are_flagged_unless_fields_tell_them_apart(self):
        self.give(1, title="Phó Bí thư")
        self.give(2, title="Phó Bí thư")
        assert self.found().shared_titles == []  # and “Ủy viên” of many is no duty
        self.give(2, field="")
        (shared,) = self.found().shared_titles
        assert (shared.duty, len(shared.holders)) == ("Phó Bí thư", 2)

    def test_one_after_the_other_is_no_overlap(self):
        self.give(0, field="Kinh tế", validity=period(BEGUN, date(2022, 5, 1)))
        self.give(1, field="Kinh tế", validity=period(date(2022, 5, 2)))
        assert self.found().shared_fields == []

    def test_concurrent_posts_are_those_of_the_report(self):
        make.make_position(
            self.people[0], self.branches[1], rank="branch_secretary", title="Bí thư"
        )
        make.make_position(self.people[4], self.town, rank="other", title="Chủ tịch HĐND")
        found = self.found()
        told = {
            each.member.code: len(each.posts) + len(each.elsewhere) for each in found.concurrent
        }
        report = roster(self.town, year=2022, on=ON)["concurrent"]
        assert told == {each["member_code"]: each["positions"] for each in report}
        assert "PA-2" in text_of(self.page(on=ON.isoformat()))

    def test_neither_field_nor_unit_is_pointed_out(self):
        self.give(9, field="")
        assert '"chip chip-warning"' in text_of(self.page(on=ON.isoformat()))
        make.make_assignment(self.people[9], self.branches[2])
        page = text_of(self.page(on=ON.isoformat()))
        assert '"chip chip-warning"' not in page
        assert "PA-3" in page

    def test_a_job_description_stands_at_the_post(self):
        make.make_job(self.town, title="Chức 0", duties="Chủ trì mọi việc", since=BEGUN)
        assert "Chủ trì mọi việc" in text_of(self.page(on=ON.isoformat()))
        assert "Chủ trì mọi việc" not in text_of(self.page(on="2020-01-01"))

    def test_without_a_term_it_says_so(self):
        CommitteeTerm.objects.all().delete()
        assert self.found().vacancies == []
        assert self.page().status_code == 200

    def test_an_organization_elsewhere_is_not_found(self):
        other, _branches = make.make_ward("ZZ")
        self.client.force_login(self.leader)
        url = reverse("branches:committee", args=[other.pk])
        assert self.client.get(url).status_code == 404

    def test_cost_does_not_grow(self):
        self.client.force_login(self.leader)
        url = reverse("branches:committee", args=[self.town.pk]) + f"?on={ON}"
        make.make_position(self.people[0], self.branches[2], rank="other", title="Khác")
        few = count_queries(self.client, url)
        for member in self.people[:10]:
            make.make_position(member, self.branches[1], rank="other", title="Khác")
        assert count_queries(self.client, url) <= few <= 24


class ListTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D", name="Huyện ủy")
        cls.full, (cls.branch,) = make.make_ward("W1", parent=cls.district)
        cls.vacant, _ = make.make_ward("W2", parent=cls.district)
        make.make_term(cls.full, seats=1)
        make.make_term(cls.vacant, seats=15, standing_seats=5)
        member = make.make_member(cls.branch)
        make.make_position(member, cls.full, rank="secretary")
        make.make_position(member, cls.full, rank="committee_member")
        cls.user = make.make_user()
        make.grant(cls.user, Role.LEADER, cls.district)
        cls.url = reverse("branches:committees")

    def rows(self, **query):
        self.client.force_login(self.user)
        table = self.client.get(self.url, query).context["table"]
        return [(each.code, each.filled, each.vacant) for each in table.page.object_list.data]

    def test_counts(self):
        assert self.rows(sort="-vacant") == [("D", 0, None), ("W2", 0, 15), ("W1", 1, 0)]

    def test_filters(self):
        assert [row[0] for row in self.rows(state="vacant")] == ["W2"]
        assert [row[0] for row in self.rows(state="full")] == ["W1"]
        assert [row[0] for row in self.rows(state="no_term")] == ["D"]
        assert [row[0] for row in self.rows(q="huyen uy")] == ["D"]

    def test_a_branch_stands_there_once_somebody_sits(self):
        make.make_position(make.make_member(self.branch), self.branch, rank="committee_member")
        assert "W1-1" in [row[0] for row in self.rows()]

    def test_as_many_queries_for_many_as_for_few(self):
        self.client.force_login(self.user)
        url = f"{self.url}?org={self.district.pk}"
        few = count_queries(self.client, url)
        for number in range(3, 60):
            make.make_term(make.make_ward(f"W{number}", parent=self.district)[0])
        assert count_queries(self.client, url) <= few <= 12


class EnteringTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        cls.office, cls.leader = make.make_user(), make.make_user()
        make.grant(cls.office, Role.OFFICE, cls.ward)
        make.grant(cls.leader, Role.LEADER, cls.ward)

    def setUp(self):
        self.client.force_login(self.office)

    def url(self, page, *args):
        return reverse(f"branches:committee_{page}", args=args)

    def add_term(self, **data):
        values = {"name": "2020–2025", "seats": 15, "standing_seats": 5, "since": "01/07/2020"}
        return self.client.post(self.url("term_add", self.ward.pk), values | data)

    def add_job(self, **data):
        values = {"title": "Bí thư", "duties": "Chủ trì", "since": "01/07/2020"}
        return self.client.post(self.url("job_add", self.ward.pk), values | data)

    def errors(self, response):
        assert response.status_code == 200
        return dict(response.context["form"].errors)

    def test_a_term(self):
        assert self.add_term(fields_text="Kinh tế\n\nDân vận; Kinh tế").status_code == 302
        assert CommitteeTerm.objects.get().named_fields() == ["Kinh tế", "Dân vận"]

    def test_terms_do_not_overlap(self):
        self.add_term()
        assert "since" in self.errors(self.add_term(name="2025–2030", since="01/07/2025"))
        assert "name" in self.errors(self.add_term(since="01/07/2030"))
        assert_refused("term_one_a_day", make.make_term, self.ward, name="Khác", since=BEGUN)

    def test_no_more_standing_seats_than_seats(self):
        assert "standing_seats" in self.errors(self.add_term(seats=3))
        assert_refused(
            "term_seats_hold_the_standing_ones", make.make_term, self.ward, standing_seats=16
        )

    def test_the_second_of_two_is_told(self):
        row = make.make_term(self.ward, since=BEGUN)
        url = self.url("term_change", row.pk)
        values = {"name": "A", "seats": 9, "standing_seats": 3, "since": "01/07/2020"}
        values["seen"] = mark_of(row)
        assert self.client.post(url, values).status_code == 302
        assert "__all__" in self.errors(self.client.post(url, values | {"seats": 7}))
        assert CommitteeTerm.objects.get().seats == 9

    def test_a_mistake_is_deleted_with_a_reason(self):
        row = make.make_term(self.ward)
        url = self.url("term_delete", row.pk)
        self.client.post(url, {"seen": mark_of(row), "reason": "Nhầm"})
        assert not CommitteeTerm.objects.exists()

    def test_a_new_version_of_a_job_ends_the_one_before(self):
        assert self.add_job().status_code == 302
        assert self.add_job(duties="Chủ trì, đối ngoại", since="01/01/2023").status_code == 302
        rows = JobDescription.objects.order_by("validity")
        assert [each.validity.upper for each in rows] == [date(2023, 1, 1), None]
        assert "since" in self.errors(self.add_job(since="01/01/2021"))

    def test_a_job_is_changed_and_deleted(self):
        row = make.make_job(self.ward)
        url, seen = self.url("job_change", row.pk), {"seen": mark_of(row)}
        values = {"title": "Bí thư", "duties": "Khác", "since": "01/01/2000"}
        assert self.client.post(url, values | seen).status_code == 302
        row.refresh_from_db()
        url = self.url("job_delete", row.pk)
        self.client.post(url, {"seen": mark_of(row), "reason": "Nhầm"})
        assert not JobDescription.objects.exists()

    def test_who_may(self):
        other, _branches = make.make_ward("X")
        assert self.client.get(self.url("term_add", other.pk)).status_code == 404
        term = make.make_term(other)
        assert self.client.get(self.url("term_change", term.pk)).status_code == 404
        self.client.force_login(self.leader)
        assert self.client.get(self.url("term_add", self.ward.pk)).status_code == 403
