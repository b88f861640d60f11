"""Which rating sets there are for a year and an organization, and who sees them."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import Role
from evaluations.models import RollUp, Scheme
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def make_scheme(organization, *, key="local", version=1, adopted=False):
    """A copy of the set of 2025 that the organization made."""
    user = make.make_user()
    adoption = {"adopted_by": user, "adopted_at": NOON} if adopted else {"state": "draft"}
    return Scheme.objects.create(
        key=key,
        version=version,
        name=f"{key} {version}",
        first_year=2025,
        definition=Scheme.objects.for_year(2025).definition,
        organization=organization,
        made_by=user,
        made_at=NOON,
        **adoption,
    )


@pytest.fixture
def ward():
    return make.make_ward("W", parent=make.make_organization("district", code="D"))[0]


def test_what_an_organization_made_is_not_the_set_of_a_year_for_others(ward):
    make_scheme(ward, key="qd366-2025", version=2, adopted=True)
    assert Scheme.objects.for_year(2025).version == 1


def test_the_newest_versions_are_adopted_ones(ward):
    make_scheme(ward, version=1, adopted=True)
    make_scheme(ward, version=2)
    assert Scheme.objects.newest().get(key="local").version == 1


def test_an_organization_is_offered_its_own_and_those_of_above(ward):
    district = ward.placements.get().parent
    make_scheme(district, key="of-d", adopted=True)
    make_scheme(ward, key="of-w", adopted=True)
    central = {"hd21-2019", "hd25-2023", "qd366-2025"}
    offered = {each.key for each in Scheme.objects.offered_to([district])}
    assert offered == central | {"of-d"}
    offered = {each.key for each in Scheme.objects.offered_to([district, ward])}
    assert offered == central | {"of-d", "of-w"}


def test_others_do_not_see_what_an_organization_makes_until_they_are_rated_by_it(ward):
    district = ward.placements.get().parent
    user = make.make_user()
    make.grant(user, Role.LEADER, ward)
    scheme = make_scheme(district, adopted=True)
    draft = make_scheme(ward, key="draft")
    on = NOON.date()
    visible = Scheme.objects.visible_to(user, on=on)
    assert set(visible) == {*Scheme.objects.filter(organization=None), draft}
    roll_up_inline(ward, year=2025, scheme=scheme, at=NOON)
    assert scheme in visible.all()
    assert not Scheme.objects.editable_by(user, on=on).exists()
    make.grant(user, Role.BOARD, ward)
    fresh = type(user).objects.get(pk=user.pk)
    assert list(Scheme.objects.editable_by(fresh, on=on)) == [draft]


def test_a_draft_rates_nobody(ward):
    with pytest.raises(IntegrityError, match="a draft of a rating set"), transaction.atomic():
        RollUp.objects.create(
            organization=ward,
            year=2025,
            as_of="2025-12-31",
            scheme=make_scheme(ward),
            requested_at=NOON,
        )


@pytest.mark.parametrize("changed", [{"definition": {}}, {"version": 9}, {"state": "draft"}])
def test_an_adopted_version_stays(ward, changed):
    scheme = make_scheme(ward, adopted=True)
    with pytest.raises(IntegrityError, match="is adopted"), transaction.atomic():
        Scheme.objects.filter(pk=scheme.pk).update(**changed)


def test_a_draft_may_change(ward):
    scheme = make_scheme(ward)
    Scheme.objects.filter(pk=scheme.pk).update(name="Bộ mới", definition={})


def test_nobody_adopts_nothing(ward):
    with pytest.raises(IntegrityError, match="scheme_adoption_known"), transaction.atomic():
        Scheme.objects.filter(pk=make_scheme(ward).pk).update(state="adopted")
