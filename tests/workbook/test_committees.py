"""Terms of committees, job descriptions, and the decisions behind statuses and disciplines."""

import pytest

from branches.models import CommitteeTerm, JobDescription, Member, MemberStatus, Organization
from workbook.services import export_workbook

from .sheets import (
    TODAY,
    database_of_its_own,
    export_bytes,
    only,
    refusal_of,
    sheets,
    take,
    take_tables,
)

pytestmark = pytest.mark.django_db

TERMS = """
    org_code,name,since,until,seats,standing_seats,fields
    W,2015–2020,2015-07-01,2020-06-30,13,3,
    W,2020–2025,2020-07-01,,15,5,Kinh tế; Dân vận
"""
JOBS = """
    org_code,title,since,until,duties
    W,Bí thư,2020-07-01,2022-12-31,Chủ trì
    W,Bí thư,2023-01-01,,"Chủ trì, đối ngoại"
    W,Phó Bí thư,2020-07-01,,Thường trực
"""
MEMBERS = """
    code,full_name,admitted_on,branch_code,branch_since,person_class,left_on,left_reason,left_note
    M1,Nguyễn Văn An,2010-05-01,W-1,2010-05-01,,2025-03-01,transferred_out,Về Huế
    M2,Trần Thị Bình,2011-06-02,W-2,2012-01-01,staff,,,
    M3,Lê Văn Cường,2005-02-03,D-O,2005-02-03,leader,,,
"""
POSITIONS = """
    member_code,org_code,title,since,until,rank,end_reason
    M3,D,Ủy viên Ban Thường vụ,2015-01-01,,standing_member,
    M2,W,Phó Bí thư,2015-01-01,2021-09-30,deputy_secretary,Chuyển công tác
"""
STATUSES = """
    member_code,status,since,until,reason,decision_number,decided_on,issuer,receiving_place
    M2,exempt,2025-01-01,2025-06-30,Sức khỏe,12-QĐ/ĐU,2024-12-20,Đảng ủy W,
    M2,away,2025-07-01,,,,,,Chi bộ thôn 3
"""
DISCIPLINES = """
    member_code,decided_on,form,note,decision_number,issuer
    M2,2022-05-05,warning,,5-QĐ/UBKT,Ủy ban Kiểm tra
"""


def everything(**changed):
    more = {"committee_terms": TERMS, "job_descriptions": JOBS, "statuses": STATUSES}
    return sheets(members=MEMBERS, positions=POSITIONS) | only(
        **(more | {"disciplines": DISCIPLINES} | changed)
    )


def test_what_is_taken(tmp_path):
    take_tables(tmp_path, everything())
    term = CommitteeTerm.objects.get(name="2020–2025")
    assert (term.seats, term.standing_seats) == (15, 5)
    assert term.named_fields() == ["Kinh tế", "Dân vận"]
    assert JobDescription.objects.filter(title="Bí thư").count() == 2
    away = MemberStatus.objects.get(status="away")
    assert away.receiving_place == "Chi bộ thôn 3"
    assert Member.objects.get(code="M1").left_note == "Về Huế"


@pytest.mark.parametrize("vi", [False, True])
def test_an_export_imports_as_it_was(tmp_path, vi):
    with database_of_its_own():
        take_tables(tmp_path, everything())
        first = export_bytes(tmp_path / "first")
        assert {"committee_terms.csv", "job_descriptions.csv"} <= set(first)
        again = tmp_path / "again.xlsx"
        export_workbook(Organization.objects.get(code="D"), on=TODAY, output=again, vi=vi)
        assert not take(again).has_changes
    with database_of_its_own():
        take(again)
        assert export_bytes(tmp_path / "second") == first


def test_without_them_an_export_is_as_before(tmp_path):
    take_tables(tmp_path, sheets())
    files = export_bytes(tmp_path / "out")
    assert not {"committee_terms.csv", "job_descriptions.csv"} & set(files)
    assert b"end_reason" not in files["positions.csv"]
    assert b"left_note" not in files["members.csv"]


@pytest.mark.parametrize(
    ("table", "row", "place"),
    [
        ("committee_terms", "W,2024–2029,2024-07-01,,15,5,", "committee_terms:4:since"),
        ("job_descriptions", "W,Bí thư,2024-01-01,,Khác", "job_descriptions:5:since"),
    ],
)
def test_days_that_overlap_are_refused(tmp_path, table, row, place):
    tables = everything()
    tables[table].append(row.split(","))
    (problem, *_more) = refusal_of(tmp_path, tables)
    assert problem.startswith(place)


def test_more_standing_seats_than_seats_are_refused(tmp_path):
    tables = everything(
        committee_terms="org_code,name,since,seats,standing_seats\nW,A,2020-01-01,3,5"
    )
    (problem,) = refusal_of(tmp_path, tables)
    assert "term_seats_hold_the_standing_ones" in problem
