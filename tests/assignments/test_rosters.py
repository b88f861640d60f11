"""The roster of a meeting: many people in one page and one request."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from branches.models import Meeting, MeetingPlan
from tests import builders as make


@pytest.fixture
def branch(db):
    _ward, [branch] = make.make_ward("R")
    return branch


@pytest.fixture
def secretary(branch):
    user = make.make_user(member=make.make_member(branch, full_name="Bí thư"))
    make.grant(user, "secretary", branch)
    return user


@pytest.fixture
def signed_in(client, secretary):
    client.force_login(secretary)
    return client


def make_plan(branch, planned_on=None, **fields):
    return MeetingPlan.objects.create(
        branch=branch, planned_on=planned_on or timezone.localdate(), **fields
    )


def test_smoke(signed_in, branch):
    people = [make.make_member(branch) for _number in range(5)]
    plan = make_plan(branch)
    url = reverse("assignments:plan_roster", args=[plan.pk])
    assert signed_in.get(url).status_code == 200
    data = {"rest": "1", **{f"m-{each.pk}": "" for each in people}, "key": uuid4()}
    response = signed_in.post(url, data)
    assert response.status_code == 302, response.context["form"].errors
    meeting = Meeting.objects.get()
    assert meeting.attendance.count() == 5
    for name in ("roster", "sign_in_sheet", "check_in_code"):
        assert signed_in.get(reverse(f"assignments:{name}", args=[meeting.pk])).status_code == 200
    for name in ("calendar", "meeting_plan_add", "check_in"):
        assert signed_in.get(reverse(f"assignments:{name}")).status_code == 200
    assert signed_in.get(reverse("branches:meeting", args=[meeting.pk])).status_code == 200
    assert signed_in.get(reverse("branches:meetings")).status_code == 200
