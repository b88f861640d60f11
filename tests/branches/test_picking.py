"""What somebody types or pastes means one row, or a sentence that says what to do."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.choices import Role
from branches.forms.picking import MemberField, OrganizationField
from branches.masking import Sight
from branches.models import Member, Organization
from branches.picking import find_rows, write_row
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    _ward, (one, two) = make.make_ward(branches=2)
    make.make_member(one, code="0012345", full_name="Nguyễn Văn An")
    make.make_member(two, code="0012346", full_name="Nguyễn Vân Ân")
    make.make_member(two, code="0012347", full_name="Lê Thị Đào")
    make.make_member(one, code="0012348", full_name="Lê Thị Đào")
    return Member.objects.all()


@pytest.fixture
def sight(people):
    """Of the organization board, which reads every card."""
    return sight_of_role(Role.BOARD, "W")


def sight_of_role(role, code):
    user = make.make_user()
    make.grant(user, role, Organization.objects.get(code=code))
    return Sight(user, on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("0012345", ["0012345"]),
        ("  Nguyễn  Văn An ", ["0012345"]),
        ("nguyễn vân ân", ["0012346"]),
        ("NGUYEN VAN AN", ["0012345", "0012346"]),
        ("Lê Thị Đào (0012348)", ["0012348"]),
        ("le thi dao", ["0012347", "0012348"]),
        ("Lê Thị Đàoo", []),
        ("001234", []),
    ],
)
def test_a_text_means_a_code_then_a_name_then_a_name_without_diacritics(people, sight, text, codes):
    assert [row.code for row in find_rows([text], people, sight=sight)[text].rows] == codes


def test_many_texts_cost_four_queries(people, sight, django_assert_num_queries):
    sight.user.scope_for("see_card_number", on=sight.on)  # reads the grants
    texts = ["0012345", *(f"Người thứ {number}" for number in range(150)), "Nguyễn Vân Ân"]
    with django_assert_num_queries(4):
        found = find_rows(texts, people, sight=sight)
    assert found["Nguyễn Vân Ân"].row.code == "0012346"
    assert len(found) == len(texts)


def test_the_field_says_what_to_do_when_several_fit(people, sight):
    with pytest.raises(ValidationError) as refused:
        MemberField(rows=people, sight=sight).clean("le thi dao")
    assert "0012347" in str(refused.value)
    assert "0012348" in str(refused.value)


def test_nobody_outside_of_what_may_be_named_is_found(people, sight):
    with pytest.raises(ValidationError):
        MemberField(rows=people.exclude(code="0012345"), sight=sight).clean("0012345")


@pytest.mark.parametrize("text", ["0012345", "Ai đó (0012345)", " 0012345 "])
@pytest.mark.parametrize("role", [Role.AUDITOR, None])
def test_a_masked_card_finds_nobody_and_stands_nowhere(people, role, text):
    masked = sight_of_role(role, "W") if role else None
    field = MemberField(rows=people, sight=masked)
    with pytest.raises(ValidationError):
        field.clean(text)
    with pytest.raises(ValidationError) as refused:
        field.clean("le thi dao")
    assert not [code for code in ("0012347", "0012348") if code in str(refused.value)]
    first = people.get(code="0012347")
    # What the sentence offers instead, and what stands in the box, means that one.
    assert f"(#{first.pk})" in str(refused.value)
    assert field.prepare_value(first) == f"Lê Thị Đào (#{first.pk})"
    assert field.clean(write_row(first, masked)) == first


def test_a_wrong_card_is_answered_like_a_masked_one(people):
    """Else the answer would tell whose card it is."""
    masked = sight_of_role(Role.AUDITOR, "W")
    right, wrong = "Nguyễn Văn An (0012345)", "Nguyễn Văn An (0099999)"
    found = find_rows([right, wrong], people, sight=masked)
    assert [found[right].row.code, found[wrong].row.code] == ["0012345", "0012345"]


def test_cards_of_ones_own_branch_are_read_and_others_not(people):
    field = MemberField(rows=people, sight=sight_of_role(Role.SECRETARY, "W-1"))
    assert field.clean("0012345").full_name == "Nguyễn Văn An"
    with pytest.raises(ValidationError):
        field.clean("0012346")


def test_organizations_are_found_the_same_way(people):
    branch = Organization.objects.get(code="W-1")
    Organization.objects.filter(pk=branch.pk).update(name="Chi bộ ấp Thới Hòa")
    field = OrganizationField(rows=Organization.objects.all(), required=False)
    assert field.clean("chi bo ap thoi hoa") == branch
    assert field.clean("") is None
