"""One assignment is changed; of two who save it at once the second is told."""

import threading
from datetime import date

import pytest
from django.db import connection
from django.test import Client, TestCase
from django.urls import reverse

from accounts.choices import Role
from assignments.models import Assignment
from branches.periods import period
from tests import builders as make
from tests.pages import text_of

NEW_YEAR = date(2026, 1, 1)


def make_world(case):
    case.district = make.make_organization("district", code="D")
    case.ward, (case.branch,) = make.make_ward("W", parent=case.district)
    case.cadre = make.make_member(case.branch)
    case.assignment = make.make_assignment(case.cadre, case.ward, since=NEW_YEAR)
    case.board = make.make_user("board")
    make.grant(case.board, Role.BOARD, case.district)
    case.url = reverse("assignments:assignment_change", args=[case.assignment.pk])


def values_of(client, url):
    """What the form of the page would send back."""
    form = client.get(url).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in shown.items()}


class ChangeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_world(cls)

    def setUp(self):
        self.client.force_login(self.board)

    def change(self, **values):
        return self.client.post(self.url, values_of(self.client, self.url) | values)

    def errors(self, **values):
        return self.change(**values).context["form"].errors

    def test_changes_what_it_shows(self):
        directive = make.make_directive(self.district)
        response = self.change(
            role="attend",
            visits_due=6,
            visits_period="year",
            since="01/02/2026",
            until="31/12/2026",
            directive=directive.pk,
            confirmer=self.ward.pk,
        )
        assert response.status_code == 302
        saved = Assignment.objects.get()
        assert (saved.role, saved.visits_due, saved.visits_period) == ("attend", 6, "year")
        assert saved.validity == period(date(2026, 2, 1), date(2026, 12, 31))
        assert (saved.directive, saved.confirmer) == (directive, self.ward)

    def test_what_clashes_is_told_at_its_field(self):
        make.make_assignment(
            self.cadre, self.ward, since=date(2025, 1, 1), until=date(2025, 12, 31), code="A-OLD"
        )
        assert "A-OLD" in str(self.errors(since="01/06/2025")["since"])
        assert "until" in self.errors(until="31/12/2025")
        assert "visits_due" in self.errors(visits_due=32)
        assert "role" in self.errors(role="team_member")
        assert Assignment.objects.get(pk=self.assignment.pk).validity == period(NEW_YEAR)

    def test_it_lasts_into_the_years_that_it_was_reviewed_for(self):
        make.make_review(self.assignment, 2027)
        assert "2027" in str(self.errors(until="31/12/2026")["until"])
        assert self.change(until="01/01/2027").status_code == 302

    def test_what_was_wrong_before_keeps_nobody_from_changing_the_rest(self):
        make.make_status(self.cadre, "exempt")
        assert "since" in self.errors(since="02/01/2026")
        assert self.change(visits_due=3).status_code == 302

    def test_only_documents_of_ones_own_are_chosen_and_what_it_has_may_stay(self):
        other = make.make_directive(make.make_organization("district", code="X"))
        assert "directive" in self.errors(directive=other.pk)
        Assignment.objects.filter(pk=self.assignment.pk).update(confirmer=make.make_ward("Y")[0])
        assert self.change(visits_due=3).status_code == 302

    def test_who_issued_it_changes_it(self):
        ward_board, stranger = make.make_user(), make.make_user()
        make.grant(ward_board, Role.BOARD, self.ward)
        make.grant(stranger, Role.BOARD, make.make_ward("X")[0])
        for user, status in ((ward_board, 403), (stranger, 404)):
            self.client.force_login(user)
            assert self.client.get(self.url).status_code == status
            assert self.client.post(self.url, {}).status_code == status

    def test_the_second_of_two_is_told(self):
        shown = values_of(self.client, self.url)
        assert self.client.post(self.url, shown | {"visits_due": 2}).status_code == 302
        second = self.client.post(self.url, shown | {"role": "attend"})
        assert second.status_code == 200
        assert second.context["form"].non_field_errors()
        saved = Assignment.objects.get()
        assert (saved.visits_due, saved.role) == (2, "direct")

    def test_the_page_of_the_assignment_leads_there(self):
        page = reverse("assignments:assignment", args=[self.assignment.pk])
        assert self.url in text_of(self.client.get(page))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_in_two_transactions(transactional_db):
    """Both have the page open and press at the same moment: one saves, the other is told."""

    class World:
        pass

    make_world(World)
    clients, results = [Client(), Client()], []
    for client in clients:
        client.force_login(World.board)
    shown = [values_of(client, World.url) for client in clients]
    start = threading.Barrier(2)

    def save(client, values):
        start.wait()
        results.append((client.post(World.url, values).status_code, values["visits_due"]))
        connection.close()

    threads = [
        threading.Thread(target=save, args=[client, values | {"visits_due": due}])
        for client, values, due in zip(clients, shown, (5, 7), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (told, _unsaved), (saved, due) = sorted(results)
    assert (told, saved) == (200, 302)
    assert Assignment.objects.get().visits_due == due
