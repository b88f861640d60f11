"""Entering that an organization was disciplined, and taking an entry back."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import JournalEntry
from evaluations.models import OrganizationDiscipline
from tests import builders as make
from tests.pages import text_of

pytestmark = pytest.mark.django_db

LIST = "evaluations:organization_disciplines"
RECORD = "evaluations:organization_discipline_record"


@pytest.fixture
def places():
    district = make.make_organization("district", code="D")
    ward, [branch] = make.make_ward("D-1", parent=district)
    other = make.make_organization("district", code="E")
    return district, ward, branch, other


@pytest.fixture
def office(client, places):
    user = make.make_user()
    make.grant(user, "office", places[0])
    client.force_login(user)
    return client


def entry(place, day, **values):
    return {
        "organization": place.code,
        "form": "warning",
        "decided_on": day,
        "decision_number": "12-QĐ/ĐU",
        "reason": "Vi phạm nguyên tắc tập trung dân chủ",
    } | values


def test_recorded_listed_and_taken_back_with_a_reason(office, places):
    _district, _ward, branch, _other = places
    given = entry(branch, "1/6/2025", authority="Huyện ủy D")
    assert office.post(reverse(RECORD), given).status_code == 302
    row = OrganizationDiscipline.objects.get()
    assert row.issuer == "Huyện ủy D"
    assert (row.organization, row.decided_on, row.form) == (branch, date(2025, 6, 1), "warning")
    page = office.get(reverse(LIST))
    assert "12-QĐ/ĐU" in text_of(page)
    withdraw = reverse("evaluations:organization_discipline_withdraw", args=[row.pk])
    assert withdraw in text_of(page)
    assert "reason" in office.post(withdraw, {"reason": ""}).context["form"].errors
    assert office.post(withdraw, {"reason": "Nhầm chi bộ"}).status_code == 302
    assert not OrganizationDiscipline.objects.exists()
    assert JournalEntry.objects.filter(reason="Nhầm chi bộ").exists()


def test_what_cannot_be_is_told_at_its_field(office, places):
    _district, ward, branch, other = places
    office.post(reverse(RECORD), entry(branch, "1/6/2025"))
    tomorrow = f"{date.today() + timedelta(2):%d/%m/%Y}"
    wrong = [
        (entry(branch, "1/6/2025"), "decided_on"),
        (entry(ward, tomorrow), "decided_on"),
        (entry(other, "1/6/2025"), "organization"),
        (entry(ward, "1/6/2025", decision_number=""), "decision_number"),
        (entry(ward, "1/6/2025", form="expulsion"), "form"),
    ]
    for values, field in wrong:
        assert set(office.post(reverse(RECORD), values).context["form"].errors) == {field}
    assert OrganizationDiscipline.objects.count() == 1


def test_who_only_sees_ratings_enters_nothing(client, places):
    district, _ward, branch, _other = places
    leader = make.make_user()
    make.grant(leader, "leader", district)
    row = make.make_organization_discipline(branch, date(2025, 6, 1), by=leader)
    client.force_login(leader)
    page = client.get(reverse(LIST))
    assert row.decision_number in text_of(page)
    assert reverse(RECORD) not in text_of(page)
    withdraw = reverse("evaluations:organization_discipline_withdraw", args=[row.pk])
    assert client.get(reverse(RECORD)).status_code == 403
    assert client.post(withdraw, {"reason": "x"}).status_code in (403, 404)
