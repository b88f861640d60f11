"""Rating sets of organizations: made from another one, changed in the editor, adopted, used."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.choices import Role
from evaluations.models import OrganizationRound, OrganizationScheme
from evaluations.rules import organization_scheme_values as values
from tests import builders as make
from tests import year_end
from tests.evaluations.organization_worlds import decide_members, suggest
from tests.evaluations.test_scheme_views import errors_of, form_of
from tests.pages import text_of
from tests.refusal import assert_refused

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"evaluations:organization_scheme{name}", args=args)


@pytest.fixture
def world(client):
    world = year_end.open_small_cycle(units=1, branches=1)
    client.force_login(world.by)
    return world


@pytest.fixture
def draft(world, client):
    central = OrganizationScheme.objects.for_year(world.cycle.year)
    response = client.post(url("_copy", central.pk), {"name": "Bộ của huyện"})
    draft = OrganizationScheme.objects.get(organization=world.district)
    assert response.url.startswith(url("_change", draft.pk))
    return draft


def change(client, draft, **changed):
    sent = form_of(client.get(url("_change", draft.pk)))
    sent |= {name.replace("__", "-"): value for name, value in changed.items()}
    return client.post(url("_change", draft.pk), sent)


def test_values_are_written_as_they_are_read():
    for scheme in OrganizationScheme.objects.all():
        before = values.read_values(scheme.definition)
        places = values.read_places(scheme.definition)
        written = values.write_values(scheme.definition, before, places)
        assert values.read_values(written) == before
        assert values.differences(scheme.definition, written) == []


def test_the_editor_sends_what_it_shows_and_changes_nothing(client, draft):
    response = change(client, draft)
    assert response.status_code == 302, errors_of(response)
    shown = client.get(url("", draft.pk))
    assert shown.context["changes"] == []
    assert "Bộ của huyện" in text_of(client.get(url("s")))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"groups__common": "25"}, "groups-common"),
        ({"criteria__members": "-1"}, "criteria-members"),
        ({"member_credit__good": "11"}, "member_credit-good"),
        ({"min__good": "95"}, "min-good"),
        ({"exceeded_share": "1,5"}, "exceeded_share"),
        ({"new_months": "2,5"}, "new_months"),
        ({"discipline_fails_from": "all"}, "discipline_fails_from"),
        ({"cap__within": "all"}, "cap-within"),
        ({"group_of__members": "x"}, "group_of-members"),
    ],
)
def test_each_problem_is_said_at_its_field(client, draft, changed, field):
    response = change(client, draft, **changed)
    assert response.status_code == 200
    assert list(errors_of(response)) == [field]


def test_adopted_it_rates_and_stays(world, client, draft):
    decide_members(world)
    suggest_url = reverse("evaluations:cycle_organizations_suggest", args=[world.cycle.pk])
    client.post(suggest_url, {"scheme": draft.pk})
    assert not OrganizationRound.objects.exists()  # a draft is not offered,
    with pytest.raises(ValidationError) as refused:  # taken
        suggest(world, scheme=draft)
    assert set(refused.value.message_dict) == {"scheme"}
    new_round = {"cycle": world.cycle, "scheme": draft, "suggested_by": world.by}
    new_round["suggested_at"] = year_end.NOON  # or stored
    assert_refused("scheme_adopted", OrganizationRound.objects.create, **new_round)
    response = change(
        client,
        draft,
        discipline_fails_from="",
        criteria__indicators="0",
        criteria__members="60",
        group_of__quality="results",
    )
    assert response.status_code == 302, errors_of(response)
    told = client.get(url("_diff", draft.pk, draft.based_on_id)).context["changes"]
    # The criterion without points has no group any more.
    assert len(told) == 5
    assert client.post(url("_adopt", draft.pk)).status_code == 302
    client.post(suggest_url, {"scheme": draft.pk})
    assert OrganizationRound.objects.get().scheme == draft
    row = world.cycle.organizations.get(organization=world.branches[0])
    assert "indicators" not in {key for key, each in row.facts.items() if each["points"]}
    rows = OrganizationScheme.objects.filter(pk=draft.pk)
    assert_refused("adopted_scheme_kept", rows.update, version=7)
    assert client.get(url("_change", draft.pk)).status_code == 403
    assert OrganizationScheme.objects.for_year(world.cycle.year).organization is None


def test_others_read_and_do_not_write(client, world, draft):
    leader = make.make_user()
    make.grant(leader, Role.LEADER, world.district)
    client.force_login(leader)
    assert client.get(url("", draft.pk)).status_code == 200
    for name in ("_copy", "_change", "_adopt"):
        assert client.get(url(name, draft.pk)).status_code == 403
    stranger = make.make_user()
    make.grant(stranger, Role.BOARD, make.make_organization("district", code="E"))
    client.force_login(stranger)
    assert client.get(url("", draft.pk)).status_code == 404
    assert client.post(url("_discard", draft.pk)).status_code == 404
