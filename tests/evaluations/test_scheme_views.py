"""The pages of rating sets: list, one version, editor, differences, adoption."""

from copy import deepcopy

import pytest
from django.urls import reverse

from accounts.choices import Role
from evaluations.models import Scheme
from evaluations.services import schemes as services
from tests import builders as make
from tests import year_end
from tests.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    return make.make_organization("district", code="D", name="Huyện ủy D")


@pytest.fixture
def board(district):
    user = make.make_user("board")
    make.grant(user, Role.BOARD, district)
    return user


@pytest.fixture
def draft(district, board):
    return services.copy_scheme(
        Scheme.objects.for_year(2025),
        organization=district,
        name="Bộ mới",
        by=board,
        on=year_end.TODAY,
        at=year_end.NOON,
    )


@pytest.fixture
def desk(client, board):
    client.force_login(board)
    return client


def url(name, *args):
    return reverse(f"evaluations:{name}", args=args)


def form_of(response):
    """What the editor's form would send as it stands."""
    form = response.context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if value is True or value is False:
            sent |= {field.html_name: "on"} if value else {}
        else:
            sent[field.html_name] = "" if value is None else value
    return sent


def errors_of(response):
    return {name: list(texts) for name, texts in response.context["form"].errors.items()}


def test_a_draft_is_made_for_the_organization_acted_for(desk, district):
    central = Scheme.objects.for_year(2025)
    response = desk.post(url("scheme_copy", central.pk), {"name": "Bộ của huyện"})
    draft = Scheme.objects.get(organization=district)
    assert response.url.startswith(url("scheme_change", draft.pk))
    assert (draft.name, draft.based_on) == ("Bộ của huyện", central)


def test_the_editor_sends_what_it_shows_and_changes_nothing(desk, draft):
    before = deepcopy(draft.definition)
    response = desk.get(url("scheme_change", draft.pk))
    response = desk.post(url("scheme_change", draft.pk), form_of(response))
    assert response.status_code == 302, errors_of(response)
    draft.refresh_from_db()
    shown = desk.get(url("scheme", draft.pk))
    assert shown.context["changes"] == []
    assert draft.definition["groups"][0]["name_vi"] == before["groups"][0]["name_vi"]


def change(desk, draft, **values):
    sent = form_of(desk.get(url("scheme_change", draft.pk)))
    sent |= {name.replace("__", "-"): value for name, value in values.items()}
    return desk.post(url("scheme_change", draft.pk), sent)


def test_values_are_read_as_people_type_them(desk, draft):
    values = {"groups__common": "33,3333", "groups__results": "66,6667", "cap__percent": "12,5"}
    response = change(
        desk, draft, **values, meeting_kinds=["residents"], cap__base="good_or_better"
    )
    assert response.status_code == 302, errors_of(response)
    draft.refresh_from_db()
    groups = [group["points"] for group in draft.definition["groups"]]
    assert groups == ["33.3333", "66.6667"]
    assert draft.definition["cap"] == {
        "percent": "12.5",
        "base": "good_or_better",
        "by_class": True,
    }
    assert draft.definition["meeting_kinds"] == ["residents"]


@pytest.mark.parametrize(("points", "total", "rest"), [("25", "95", "5"), ("31,5", "101,5", "1,5")])
def test_groups_that_do_not_make_100_are_refused_with_what_to_do(desk, draft, points, total, rest):
    response = change(desk, draft, groups__common=points)
    (sentence,) = errors_of(response)["groups-common"]
    assert total in sentence
    assert sentence.rstrip(".").endswith(rest) or f" {rest} " in sentence
    draft.refresh_from_db()
    assert draft.definition["groups"][0]["points"] in (30, "30")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"criteria__tasks": "-1"}, "criteria-tasks"),
        ({"criteria__tasks": "1,23456"}, "criteria-tasks"),
        ({"excused_credit": "nhiều"}, "excused_credit"),
        ({"task_credit__met": "11"}, "task_credit-met"),
        ({"late_share": "1,1"}, "late_share"),
        ({"min__excellent": "101"}, "min-excellent"),
        ({"min__good": "95"}, "min-good"),
        ({"cap__percent": ""}, "cap-percent"),
        ({"cap__base": "all"}, "cap-base"),
        ({"meeting_kinds": ["dance"]}, "meeting_kinds"),
        ({"groups__common": "0", "groups__results": "100"}, "groups-common"),
        ({"group_of__tasks": "other"}, "group_of-tasks"),
        ({"place__tasks": "0"}, "place-tasks"),
        ({"group_of__conduct": "results", "criteria__attendance": "0"}, "groups-common"),
        ({"criteria__conduct": "0", "criteria__attendance": "0"}, "groups-common"),
        ({"name": ""}, "name"),
        ({"first_year": "2025", "last_year": "2024"}, "last_year"),
        ({"conditions__cadre_not_above_branch": "2"}, "conditions-cadre_not_above_branch"),
    ],
)
def test_each_problem_is_said_at_its_field(desk, draft, values, field):
    response = change(desk, draft, **values)
    assert response.status_code == 200
    assert list(errors_of(response)) == [field]


def keys_of(scheme):
    groups = scheme.definition["groups"]
    return [[each["key"] for each in group["criteria"]] for group in groups]


def test_a_criterion_goes_to_another_group_and_place(desk, draft):
    response = change(desk, draft, group_of__attendance="results", place__attendance="1")
    assert response.status_code == 302, errors_of(response)
    draft.refresh_from_db()
    assert keys_of(draft) == [["conduct"], ["attendance", "tasks", "duty", "review"]]
    [told] = desk.get(url("scheme_diff", draft.pk, draft.based_on_id)).context["changes"]
    assert told["before"] != told["after"]
    change(desk, draft, place__attendance="2")
    draft.refresh_from_db()
    assert keys_of(draft)[1] == ["tasks", "attendance", "duty", "review"]


def test_whoever_saves_second_is_told(desk, draft):
    sent = form_of(desk.get(url("scheme_change", draft.pk)))
    change(desk, draft, cap__percent="25")
    response = desk.post(url("scheme_change", draft.pk), sent | {"cap-percent": "30"})
    assert response.status_code == 200
    draft.refresh_from_db()
    assert draft.definition["cap"]["percent"] == "25"


def test_the_difference_is_told_in_words(desk, draft):
    change(desk, draft, cap__percent="25", conditions__cadre_not_above_branch="1")
    response = desk.get(url("scheme_diff", draft.pk, draft.based_on_id))
    told = [(each["before"], each["after"]) for each in response.context["changes"]]
    assert ("20", "25") in told
    assert len(told) == 2


def test_adopted_for_a_cycle_that_is_not_decided(client):
    small = year_end.open_small_cycle()
    draft = services.copy_scheme(
        small.cycle.scheme,
        organization=small.district,
        name="Bộ mới",
        by=small.by,
        on=year_end.TODAY,
        at=year_end.NOON,
    )
    client.force_login(small.by)
    offered = client.get(url("scheme_adopt", draft.pk)).context["form"].fields["cycle"].queryset
    assert list(offered) == [small.cycle]
    response = client.post(url("scheme_adopt", draft.pk), {"cycle": small.cycle.pk})
    assert response.url.startswith(url("scheme", draft.pk))
    small.cycle.refresh_from_db()
    assert small.cycle.scheme == draft
    # It is the cycle's now: the page tells so, and nobody changes it any more.
    assert client.get(url("scheme", draft.pk)).context["cycles"].get() == small.cycle
    assert client.get(url("scheme_change", draft.pk)).status_code == 403


def test_a_draft_is_discarded(desk, draft):
    assert desk.post(url("scheme_discard", draft.pk)).status_code == 302
    assert not Scheme.objects.filter(pk=draft.pk).exists()


def test_others_read_and_do_not_write(client, district, draft):
    leader = make.make_user()
    make.grant(leader, Role.LEADER, district)
    client.force_login(leader)
    assert "Bộ mới" in text_of(client.get(url("schemes")))
    assert client.get(url("scheme", draft.pk)).status_code == 200
    for name in ("scheme_copy", "scheme_change", "scheme_adopt", "trial_start"):
        assert client.get(url(name, draft.pk)).status_code == 403
    stranger = make.make_user()
    make.grant(stranger, Role.BOARD, make.make_organization("district", code="E"))
    client.force_login(stranger)
    assert client.get(url("scheme", draft.pk)).status_code == 404
    assert client.post(url("scheme_discard", draft.pk)).status_code == 404
