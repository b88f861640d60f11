"""What somebody types or pastes means one row, or a sentence that says what to do."""

import pytest
from django.core.exceptions import ValidationError

from branches.forms.picking import MemberField, OrganizationField
from branches.models import Member, Organization
from branches.picking import find_rows
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
def test_a_text_means_a_code_then_a_name_then_a_name_without_diacritics(people, text, codes):
    assert [row.code for row in find_rows([text], people)[text].rows] == codes


def test_many_texts_cost_three_queries(people, django_assert_num_queries):
    texts = ["0012345", *(f"Người thứ {number}" for number in range(150)), "Nguyễn Vân Ân"]
    with django_assert_num_queries(3):
        found = find_rows(texts, people)
    assert found["Nguyễn Vân Ân"].row.code == "0012346"
    assert len(found) == len(texts)


def test_the_field_says_what_to_do_when_several_fit(people):
    with pytest.raises(ValidationError) as refused:
        MemberField(rows=people).clean("le thi dao")
    assert "0012347" in str(refused.value)
    assert "0012348" in str(refused.value)


def test_nobody_outside_of_what_may_be_named_is_found(people):
    with pytest.raises(ValidationError):
        MemberField(rows=people.exclude(code="0012345")).clean("0012345")


def test_organizations_are_found_the_same_way(people):
    branch = Organization.objects.get(code="W-1")
    Organization.objects.filter(pk=branch.pk).update(name="Chi bộ ấp Thới Hòa")
    field = OrganizationField(rows=Organization.objects.all(), required=False)
    assert field.clean("chi bo ap thoi hoa") == branch
    assert field.clean("") is None
