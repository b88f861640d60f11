"""Identity number, phone and e-mail: optional columns of members, in their shape or empty."""

import pytest
from django.db import IntegrityError, transaction

from branches.models import Member, Organization
from workbook.services import export_workbook

from .sheets import TODAY, only, refusal, refusal_of, sheets, take_tables, write_excel

pytestmark = pytest.mark.django_db

HEADING = "code,full_name,admitted_on,branch_code,branch_since,identity_number,phone,email"


def members(*cells):
    row = ",".join(cells)
    return sheets() | only(members=f"{HEADING}\nM1,An,2010-05-01,W-1,2010-05-01,{row}") | NOTHING


# What refers to the other members.
NOTHING = only(
    positions="member_code,org_code,title,since,rank",
    teams="code,name,directive_number,target_code,leader_code",
    assignments="code,member_code,target_code,role,valid_from",
    attendance="meeting_code,member_code,status",
    tasks="code,member_code,org_code,year,title,state",
    reviews="assignment_code,year,level",
)


@pytest.mark.parametrize(
    ("cells", "stored"),
    [
        (("079200000077", "0912345678", "an@example.vn"), None),
        (
            ("079 200 000 077", "+84 (91) 234-56.78", "an@example.vn"),
            ("079200000077", "+84912345678"),
        ),
        (("123456789", "", ""), None),
        (("", "", ""), None),
    ],
)
def test_what_is_taken(tmp_path, cells, stored):
    take_tables(tmp_path, members(*cells))
    member = Member.objects.get(code="M1")
    found = (member.identity_number, member.phone, member.email)
    assert found == ((*stored, cells[2]) if stored else cells)


@pytest.mark.parametrize(
    ("cells", "place", "message"),
    [
        (("1234567890", "", ""), "identity_number", "is not an identity number: 12 digits, or 9"),
        (("07920000007a", "", ""), "identity_number", "is not an identity number"),
        (("", "12345", ""), "phone", "is not a phone number: 8 to 15 digits"),
        (("", "0912345678 nhà", ""), "phone", "is not a phone number"),
        (("", "", "an.example.vn"), "email", "is not an e-mail address"),
    ],
)
def test_what_is_refused(tmp_path, cells, place, message):
    (problem,) = refusal_of(tmp_path, members(*cells))
    assert problem.startswith(f"members:2:{place}: ")
    assert message in problem


def test_a_number_of_excel_has_lost_its_zero(tmp_path):
    tables = members("", "", "")
    tables["members"][1][6] = 912345678
    (problem,) = refusal(write_excel(tmp_path / "book.xlsx", tables))
    assert "Excel drops the zero in front of “912345678”" in problem


def test_an_export_has_the_columns_that_somebody_fills(tmp_path):
    take_tables(tmp_path, members("079200000077", "+84912345678", ""))
    organization = Organization.objects.get(code="D")
    export_workbook(organization, on=TODAY, output=tmp_path / "out")
    heading, row = (tmp_path / "out" / "members.csv").read_text(encoding="utf-8").splitlines()
    assert heading.endswith("left_reason,identity_number,phone")
    assert row.endswith(",079200000077,'+84912345678")
    export_workbook(organization, on=TODAY, output=tmp_path / "vi", vi=True)
    heading = (tmp_path / "vi" / "Đảng viên.csv").read_text(encoding="utf-8").splitlines()[0]
    assert heading.endswith("Số căn cước,Số điện thoại")


@pytest.mark.parametrize("column", ["identity_number", "phone", "email"])
def test_the_database_holds_the_shape(tmp_path, column):
    take_tables(tmp_path, members("", "", ""))
    with pytest.raises(IntegrityError, match=f"member_{column}_form"), transaction.atomic():
        Member.objects.update(**{column: "x"})
