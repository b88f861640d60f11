from datetime import date

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from assignments.models import Assignment
from branches.models import Member, Organization, Reorganization
from tests import builders as make
from tests.pages import count_queries, text_of

DAY = date(2026, 7, 1)


class ReorganizationViewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, branches = make.make_ward("W", parent=cls.district, branches=3)
        cls.one, cls.two, cls.three = branches
        cls.members = [make.make_member(each, code=f"M-{each.code}") for each in branches]
        cls.cadre = make.make_member(cls.three, code="CADRE", full_name="Trần Cán Bộ")
        cls.assignment = make.make_assignment(cls.cadre, cls.one, code="A1")
        cls.board = make.make_user("board")
        make.grant(cls.board, Role.BOARD, cls.district)
        cls.secretary = make.make_user("bithu")
        make.grant(cls.secretary, Role.SECRETARY, cls.one)

    def setUp(self):
        self.client.force_login(self.board)

    def post(self, kind, step="preview", **fields):
        url = f"{reverse('assignments:reorganize_kind', args=[kind])}?org={self.ward.pk}"
        return self.client.post(url, {"on": "01/07/2026", "step": step, **fields})

    def merge(self, step="preview", **more):
        fields = {
            "chosen": [self.one.pk],
            "sources": "W-2",
            "name": "Chi bộ 10",
            "code": "W-10",
            "assignments": "reissue",
            "tasks": "stay",
        }
        return self.post("merge", step, **fields | more)

    def confirm(self, response, **more):
        return self.merge(
            "confirm",
            digest=response.context["shown"].digest,
            decision="77-QĐ/ĐU",
            reason="Sáp nhập",
            **more,
        )

    def test_a_merge_from_preview_to_undo(self):
        response = self.merge()
        page = text_of(response)
        for words in ("M-W-1", "Chi bộ 10 (W-10)", "A1-20260701", "bithu"):
            assert words in page
        assert not Organization.objects.filter(code="W-10").exists()
        done = self.confirm(response)
        kept = Reorganization.objects.get()
        self.assertRedirects(
            done,
            f"{reverse('assignments:reorganization', args=[kept.pk])}?org={self.ward.pk}",
        )
        assert (kept.decision, kept.reason, kept.done_by) == ("77-QĐ/ĐU", "Sáp nhập", self.board)
        new = Organization.objects.get(code="W-10")
        assert Member.objects.in_organization(new, on=DAY).count() == 2
        assert "77-QĐ/ĐU" in text_of(self.client.get(reverse("assignments:reorganizations")))
        url = reverse("assignments:reorganization", args=[kept.pk])
        assert "A1-20260701" in text_of(self.client.get(url))
        self.client.post(url, {"reason": "Nhầm"})
        assert not Organization.objects.filter(code="W-10").exists()
        assert "Nhầm" in text_of(self.client.get(url))

    def test_what_changed_meanwhile_is_told_with_the_new_preview(self):
        response = self.merge()
        make.make_member(self.two, code="NEWCOMER")
        again = self.confirm(response)
        assert again.status_code == 200
        assert not Reorganization.objects.exists()
        assert again.context["form"].non_field_errors()
        assert "NEWCOMER" in text_of(again)
        assert self.confirm(again).status_code == 302

    def test_every_form_begins_with_the_organization_that_one_comes_from(self):
        way = self.client.get(reverse("branches:organization", args=[self.one.pk]))
        self.assertContains(way, f"organization={self.one.pk}")
        for kind in ("create", "rename", "change", "move", "merge", "split", "dissolve"):
            url = reverse("assignments:reorganize_kind", args=[kind])
            response = self.client.get(f"{url}?org={self.ward.pk}&organization={self.one.pk}")
            self.assertContains(response, "W-1")
        # Of the one acted for those below are offered instead.
        url = reverse("assignments:reorganize_kind", args=["merge"])
        form = self.client.get(f"{url}?org={self.ward.pk}&organization={self.ward.pk}")
        assert "sources" not in form.context["form"].initial

    def test_confirming_asks_for_decision_and_reason(self):
        digest = self.merge().context["shown"].digest
        response = self.merge("confirm", digest=digest)
        assert set(response.context["form"].errors) == {"decision", "reason"}
        assert not Reorganization.objects.exists()

    def test_each_assignment_may_be_decided(self):
        chosen = {f"assignment-{self.assignment.pk}": "end"}
        response = self.merge(**chosen)
        assert "A1-20260701" not in text_of(response)
        assert self.confirm(response, **chosen).status_code == 302
        assert Assignment.objects.count() == 1

    def test_what_was_typed_comes_back(self):
        response = self.merge("edit")
        self.assertContains(response, 'value="Chi bộ 10"')
        response = self.merge()
        self.assertContains(response, '<input type="hidden" name="sources" value="W-2">')

    def test_the_preview_downloads_all_of_it(self):
        response = self.merge("download")
        text = response.content.decode("utf-8-sig")
        assert response["Content-Type"].startswith("text/csv")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "M-W-1" in text
        assert "Chi bộ 10 (W-10)" in text
        assert not Reorganization.objects.exists()

    def test_a_split_by_a_pasted_list(self):
        second = make.make_member(self.one, code="M-SECOND", full_name="Lê Thứ Hai")
        fields = {
            "sources": "W-1",
            "ends": "on",
            "parts": "W-1A; Chi bộ 1A\nW-1B; Chi bộ 1B",
            "members": "M-W-1\tW-1A\nLê Thứ Hai → W-1B",
            "assignments": "reissue",
            "tasks": "stay",
        }
        shown = self.post("split", **fields).context["shown"]
        assert [(each.code, each.before, each.after) for each in shown.balance] == [
            ("W-1", 2, 0),
            ("W-1A", 0, 1),
            ("W-1B", 0, 1),
            ("", 2, 2),
        ]
        confirmed = {"digest": shown.digest, "decision": "1", "reason": "r"}
        assert self.post("split", "confirm", **fields, **confirmed).status_code == 302
        assert second.memberships.get(validity__contains=DAY).branch.code == "W-1B"

    def test_a_list_that_is_wrong_is_told_line_by_line(self):
        fields = {"sources": "W-1", "ends": "on", "parts": "W-1A; Chi bộ 1A\nnone"}
        fields |= {"members": "NOBODY → W-1A\nM-W-1 → X", "assignments": "end", "tasks": "stay"}
        errors = self.post("split", **fields).context["form"].errors
        assert len(errors["members"]) == 2
        assert len(errors["parts"]) == 1

    def test_the_other_kinds(self):
        for kind, fields in (
            ("create", {"parent": "W", "of_kind": "branch", "name": "Chi bộ 9", "code": "W-9"}),
            ("rename", {"organization": "W-1", "name": "Chi bộ Một"}),
            ("change", {"organization": "W-1", "to_kind": "branch", "grassroots": "on"}),
            ("move", {"organizations": "W-1\nW-2", "parent": "X"}),
            ("dissolve", {"organizations": "E"}),
        ):
            with self.subTest(kind=kind):
                if kind == "move":
                    make.make_ward("X", parent=self.district)
                if kind == "dissolve":
                    make.make_organization(parent=self.ward, code="E")
                response = self.post(kind, **fields)
                assert "shown" in response.context, response.context["form"].errors
                confirmed = {"digest": response.context["shown"].digest}
                confirmed |= {"decision": "1", "reason": "r"}
                assert self.post(kind, "confirm", **fields, **confirmed).status_code == 302

    def test_what_stands_in_the_way_is_said_at_the_field(self):
        make.make_meeting(self.one, date(2026, 7, 3))
        errors = self.merge().context["form"].errors
        assert "03/07/2026" in str(errors["on"])

    def test_what_lies_outside_is_not_found(self):
        make.make_ward("X")
        errors = self.merge(sources="X-1").context["form"].errors
        assert set(errors) == {"sources"}

    def test_nobody_of_elsewhere_is_given_a_branch(self):
        _ward, (elsewhere,) = make.make_ward("X")
        make.make_member(elsewhere, code="M-X")
        fields = {"sources": "W-1", "ends": "on", "parts": "W-1A; Chi bộ 1A", "rest": "W-1A"}
        fields |= {"members": "M-X → W-1A", "assignments": "end", "tasks": "stay"}
        assert set(self.post("split", **fields).context["form"].errors) == {"members"}
        fields |= {"members": "", "parts": "X-1", "rest": "X-1"}
        assert "parts" in self.post("split", **fields).context["form"].errors

    def test_days_that_no_calendar_has(self):
        for on in ("01/01/0001", "31/12/9999", "31/02/2026"):
            assert "on" in self.merge(on=on).context["form"].errors

    def test_what_also_touches_others_is_refused_in_words(self):
        ward_board = make.make_user()
        make.grant(ward_board, Role.BOARD, self.ward)
        self.client.force_login(ward_board)
        response = self.post("dissolve", organizations="W")
        assert response.context["form"].errors

    def test_other_roles_and_unknown_kinds(self):
        assert (
            self.client.get(reverse("assignments:reorganize_kind", args=["x"])).status_code == 404
        )
        self.client.force_login(self.secretary)
        assert self.client.get(reverse("assignments:reorganize")).status_code == 403

    def test_done_elsewhere_is_not_seen(self):
        self.confirm(self.merge())
        ward_board = make.make_user()
        make.grant(ward_board, Role.BOARD, self.two)
        self.client.force_login(ward_board)
        url = reverse("assignments:reorganization", args=[Reorganization.objects.get().pk])
        assert self.client.get(url).status_code == 404

    def test_roles_on_what_ended_are_given_anew_by_an_administrator_alone(self):
        self.confirm(self.merge())
        done, new = Reorganization.objects.get(), Organization.objects.get(code="W-10")
        page = reverse("assignments:reorganization", args=[done.pk])
        (offer,) = self.client.get(page).context["offers"]
        assert (offer.grant.user, offer.successor, offer.may_give) == (self.secretary, new, False)
        url = reverse("assignments:reorganization_roles", args=[done.pk])
        self.client.post(url, {"offer": offer.key})
        assert not new.grants.exists()
        make.grant(self.board, Role.ADMINISTRATOR, self.district)
        assert offer.key in text_of(self.client.get(page))
        self.client.post(url, {"offer": offer.key})
        given = new.grants.get()
        assert (given.user, given.role, given.granted_by) == (
            self.secretary,
            Role.SECRETARY,
            self.board,
        )
        assert self.client.get(page).context["offers"] == []

    def test_lists_cost_the_same_however_long(self):
        url = f"{reverse('assignments:reorganizations')}?org={self.ward.pk}"
        make.make_reorganization(self.one, done_by=self.board)
        few = count_queries(self.client, url)
        for _number in range(60):
            make.make_reorganization(self.one, done_by=self.board)
        assert count_queries(self.client, url) == few
        assert few <= 12

    def test_pages_cost_little(self):
        self.confirm(self.merge())
        url = reverse("assignments:reorganization", args=[Reorganization.objects.get().pk])
        assert count_queries(self.client, f"{url}?org={self.ward.pk}") <= 25
