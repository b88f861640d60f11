"""Making drafts of rating sets, changing and adopting them."""

from copy import deepcopy
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from accounts.choices import Role
from evaluations.models import Scheme
from evaluations.services import schemes as services
from evaluations.services.decisions import decide
from evaluations.services.roll_ups import RollUpError, roll_up_inline
from tests import builders as make
from tests import year_end

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TODAY = date(2026, 1, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Refusals are told in the reader's language."""
    with translation.override("en"):
        yield


@pytest.fixture
def district():
    return make.make_organization("district", code="D")


@pytest.fixture
def board(district):
    user = make.make_user("board")
    make.grant(user, Role.BOARD, district)
    return user


def copy(organization, by, *, of=None, name="Bộ mới"):
    of = of or Scheme.objects.for_year(2025)
    return services.copy_scheme(of, organization=organization, name=name, by=by, on=TODAY, at=NOON)


def change(scheme, by, definition=None, **values):
    values = {"name": scheme.name, "first_year": 2025, "last_year": None} | values
    definition = definition or scheme.definition
    return services.change_scheme(scheme, definition=definition, **values, by=by, on=TODAY)


def adopt(scheme, by, cycle=None):
    return services.adopt_scheme(scheme, cycle=cycle, by=by, on=TODAY, at=NOON)


def errors_of(error):
    return error.value.message_dict


def test_a_copy_is_a_draft_of_the_organization(district, board):
    draft = copy(district, board)
    assert (draft.key, draft.version, draft.state) == ("qd366-2025-d", 1, "draft")
    assert draft.based_on == Scheme.objects.for_year(2025)
    assert draft.definition["key"] == "qd366-2025-d"
    assert draft.definition["name_vi"] == "Bộ mới"


def test_a_copy_of_ones_own_is_the_next_version(district, board):
    first = adopt(copy(district, board), board)
    second = copy(district, board, of=first)
    assert (second.key, second.version) == (first.key, 2)


def test_the_same_key_is_never_that_of_two_organizations(district, board):
    other = make.make_organization("grassroots_committee", code="d", parent=district)
    assert copy(district, board).key == "qd366-2025-d"
    assert copy(other, board).key == f"qd366-2025-o{other.pk}"


def test_only_the_board_of_the_organization_makes_drafts(district, board):
    stranger = make.make_user()
    make.grant(stranger, Role.BOARD, make.make_organization("district", code="E"))
    leader = make.make_user()
    make.grant(leader, Role.LEADER, district)
    draft = copy(district, board)
    for user in (stranger, leader):
        with pytest.raises(PermissionDenied):
            copy(district, user)
        with pytest.raises(PermissionDenied):
            change(draft, user)
        with pytest.raises(PermissionDenied):
            adopt(draft, user)
        with pytest.raises(PermissionDenied):
            services.discard_scheme(draft, by=user, on=TODAY)
    with pytest.raises(PermissionDenied):
        change(Scheme.objects.for_year(2025), board)


def test_a_draft_is_changed_with_its_name_and_years(district, board):
    draft = copy(district, board)
    definition = deepcopy(draft.definition)
    definition["cap"]["percent"] = "25"
    change(draft, board, definition, name="Bộ khác", first_year=2026, last_year=2027)
    draft.refresh_from_db()
    assert draft.definition["cap"]["percent"] == "25"
    assert draft.definition["years"] == [2026, 2027]
    assert (draft.name, draft.first_year, draft.last_year) == ("Bộ khác", 2026, 2027)


def test_groups_that_do_not_make_100_are_refused(district, board):
    draft = copy(district, board)
    definition = deepcopy(draft.definition)
    definition["groups"][0]["points"] = 31
    with pytest.raises(ValidationError) as error:
        change(draft, board, definition)
    assert "100" in errors_of(error)["definition"][0]


def test_an_adopted_version_is_changed_and_discarded_no_more(district, board):
    scheme = adopt(copy(district, board), board)
    assert (scheme.state, scheme.adopted_by, scheme.adopted_at) == ("adopted", board, NOON)
    for call in (lambda: change(scheme, board), lambda: adopt(scheme, board)):
        with pytest.raises(ValidationError, match="make a copy"):
            call()
    with pytest.raises(ValidationError):
        services.discard_scheme(scheme, by=board, on=TODAY)


def test_what_is_adopted_last_is_the_newest(district, board):
    base = adopt(copy(district, board), board)
    second, third = copy(district, board, of=base), copy(district, board, of=base)
    adopt(third, board)
    assert adopt(second, board).version == 4
    newest = Scheme.objects.newest().get(key=base.key)
    assert newest == second
    assert newest.definition["version"] == 4


def test_a_draft_that_is_given_up_is_gone(district, board):
    draft = copy(district, board)
    services.discard_scheme(draft, by=board, on=TODAY)
    assert not Scheme.objects.filter(pk=draft.pk).exists()


def test_adopted_for_a_cycle_that_gives_its_suggestions_up():
    small = year_end.open_small_cycle()
    assert all(each.rating_id for each in small.appraisals)
    scheme = adopt(copy(small.district, small.by), small.by, small.cycle)
    small.cycle.refresh_from_db()
    assert (small.cycle.scheme, small.cycle.suggested_at) == (scheme, None)
    assert not any(each.rating_id for each in small.appraisals)
    year_end.suggest(small.cycle, by=small.by)
    assert all(each.rating.roll_up.scheme == scheme for each in small.appraisals)


def test_a_cycle_with_a_decision_keeps_its_set():
    small = year_end.open_small_cycle(units=1, branches=1)
    year_end.vote_simply(small.cycle_branches[0], by=small.by)
    appraisals = small.cycle.appraisals.filter(pk=small.appraisals[1].pk)
    decide(
        appraisals,
        level="completed",
        reason="Chi bộ đề nghị",
        decided_on=TODAY,
        by=small.by,
        on=TODAY,
        at=NOON,
    )
    draft = copy(small.district, small.by)
    with pytest.raises(ValidationError) as error:
        adopt(draft, small.by, small.cycle)
    assert "decided" in errors_of(error)["scheme"][0]
    draft.refresh_from_db()
    assert draft.is_draft


@pytest.mark.parametrize("wrong", ["years", "organization"])
def test_a_set_that_is_not_for_the_cycle(wrong):
    small = year_end.open_small_cycle(suggested=False)
    organization = small.units[0] if wrong == "organization" else small.district
    draft = copy(organization, small.by)
    if wrong == "years":
        change(draft, small.by, first_year=2026)
    with pytest.raises(ValidationError) as error:
        adopt(draft, small.by, small.cycle)
    assert "cycle" in errors_of(error)


def test_no_roll_up_by_a_draft(district, board):
    with pytest.raises(RollUpError, match="draft"):
        roll_up_inline(district, year=2025, scheme=copy(district, board), at=NOON)
