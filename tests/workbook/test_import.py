"""What an import stores, and what it leaves alone."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from assignments.models import Assignment, Directive, Task
from branches.models import (
    Attendance,
    EarlierOrganization,
    EarlierPersonClass,
    Meeting,
    Member,
    Membership,
    Organization,
    Placement,
)
from branches.periods import first_day, last_day
from workbook.services import Counts

from .sheets import (
    only,
    refusal_of,
    sheets,
    stored_rows,
    take,
    take_tables,
    write_excel,
    write_folder,
)

pytestmark = pytest.mark.django_db


def periods(queryset):
    """[(code of the other side, first day, last day)] of memberships or placements."""
    other = "branch__code" if queryset.model is Membership else "parent__code"
    return [
        (code, str(first_day(days) or ""), str(last_day(days) or ""))
        for code, days in queryset.order_by("validity").values_list(other, "validity")
    ]


def placements_of(code):
    return periods(Placement.objects.filter(organization__code=code))


def memberships_of(code):
    return periods(Membership.objects.filter(member__code=code))


def test_defaults_of_empty_cells_and_absent_columns(tmp_path):
    take_tables(tmp_path, sheets())
    assignment = Assignment.objects.get(code="A1")
    assert (assignment.visits_due, assignment.visits_period) == (1, "month")
    assert assignment.confirmer is None
    assert assignment.validity.lower == date(2016, 1, 1)
    meeting = Meeting.objects.get(code="H1")
    assert (meeting.kind, meeting.quality, meeting.resolution_number) == ("regular", 80, "")
    row = Attendance.objects.get(member__code="M1")
    assert (row.capacity, row.confirmed) == ("member", True)
    assert Task.objects.get(code="K2").weight == 1
    member = Member.objects.get(code="M1")
    assert (member.person_class, member.gender, member.left_on) == ("outside", "", None)
    assert Organization.objects.get(code="W").grassroots
    assert not Organization.objects.get(code="W-1").grassroots


def test_the_same_workbook_again_changes_nothing(tmp_path):
    take_tables(tmp_path, sheets())
    before = stored_rows()
    report = take_tables(tmp_path, sheets(), effective=date(2030, 1, 1))
    assert not report.has_changes
    assert stored_rows() == before
    assert report.tables["members"] == Counts(created=0, updated=0, unchanged=3)


def test_changes_are_counted_by_row(tmp_path):
    take_tables(tmp_path, sheets())
    changed = only(
        members="""
            code,full_name,admitted_on,branch_code,branch_since,occupation
            M1,Nguyễn Văn Ân,2010-05-01,W-1,2010-05-01,
            M2,Trần Thị Bình,2011-06-02,W-1,2020-01-01,
            M3,Lê Văn Cường,2005-02-03,D-O,2005-02-03,
            M4,Phạm Dũng,2019-01-01,W-1,2019-01-01,Nông dân
        """
    )
    assert take_tables(tmp_path, changed).tables == {"members": Counts(1, 2, 1)}


def test_a_dry_run_counts_the_same_and_saves_nothing(tmp_path):
    folder = write_folder(tmp_path / "workbook", sheets())
    before = stored_rows()
    planned = take(folder, dry_run=True)
    assert stored_rows() == before
    assert take(folder).tables == planned.tables


def test_an_absent_column_keeps_what_is_stored(tmp_path):
    take_tables(tmp_path, sheets())
    take_tables(tmp_path, only(members="code,occupation\nM2,Giáo viên"))
    member = Member.objects.get(code="M2")
    assert (member.full_name, member.person_class) == ("Trần Thị Bình", "staff")
    assert member.occupation == "Giáo viên"
    assert memberships_of("M2") == [("W-2", "2012-01-01", "")]
    take_tables(tmp_path, only(assignments="code,valid_to\nA1,2020-12-31"))
    assignment = Assignment.objects.get(code="A1")
    assert (assignment.role, last_day(assignment.validity)) == ("direct", date(2020, 12, 31))
    assert assignment.directive.number == "02-NQ/QU"


def test_an_empty_cell_means_the_default(tmp_path):
    take_tables(tmp_path, sheets())
    take_tables(tmp_path, only(members="code,person_class\nM3,"), effective=date(2000, 1, 1))
    assert Member.objects.get(code="M3").person_class == "outside"
    take_tables(tmp_path, only(assignments="code,visits_due,team_code\nA1,0,"))
    assignment = Assignment.objects.get(code="A1")
    assert (assignment.visits_due, assignment.team) == (0, None)
    take_tables(tmp_path, only(assignments="code,visits_due\nA1,"))
    assert Assignment.objects.get(code="A1").visits_due == 1


def test_references_may_stand_in_any_order_and_be_stored(tmp_path):
    reversed_tables = {
        name: [rows[0], *reversed(rows[1:])] for name, rows in reversed(sheets().items())
    }
    take(write_excel(tmp_path / "wb.xlsx", reversed_tables))
    report = take_tables(
        tmp_path, only(attendance="meeting_code,member_code,status\nH1,M2,excused")
    )
    assert Attendance.objects.filter(member__code="M2").count() == 1
    assert [str(each) for each in report.warnings] == [
        "attendance:2:member_code: M2 did not belong to W-1 on 2018-03-03"
    ]


def test_vietnamese_names_that_fit_two_columns_go_by_the_table(tmp_path):
    take_tables(tmp_path, sheets())
    tables = {
        "Tình trạng sinh hoạt": only(
            statuses="Số thẻ đảng viên,Tình trạng,Từ ngày,Đến ngày\n"
            "M1,Miễn công tác và sinh hoạt đảng,1/5/2018,"
        )["statuses"],
        "To chuc dang": only(organizations="Mã,Từ ngày\nW-2,5/3/2011")["organizations"],
    }
    take_tables(tmp_path, tables)
    assert Member.objects.get(code="M1").statuses.get().validity.lower == date(2018, 5, 1)
    assert Organization.objects.get(code="W-2").validity.lower == date(2011, 3, 5)


def test_decimals(tmp_path):
    tables = sheets() | only(
        indicators="""
            org_code;year;name;target;actual;unit
            W;2018;Vườn cây;1.000.000;710,5;ha
            W;2018;Rác;-0,1234;;
        """.replace(",", "\x00").replace(";", ",")
    )
    tables["indicators"] = [
        [cell.replace("\x00", ",") for cell in row] for row in tables["indicators"]
    ]
    take_tables(tmp_path, tables)
    values = Organization.objects.get(code="W").indicators.values_list("target", "actual")
    assert set(values) == {(1_000_000, Decimal("710.5")), (Decimal("-0.1234"), None)}


# Parents and branches


def test_a_parent_stands_from_the_beginning(tmp_path):
    take_tables(tmp_path, sheets())
    assert placements_of("W-1") == [("W", "", "")]
    tables = only(
        organizations="code,name,kind,parent_code,valid_from,grassroots\nD-P,P,branch,D,2015-01-01,x"
    )
    take_tables(tmp_path, tables)
    assert placements_of("D-P") == [("D", "2015-01-01", "")]


WARDS = """
    code,name,kind,parent_code,parent_since
    D,Quận ủy D,district,,
    W,Đảng ủy W,grassroots_committee,D,
    V,Đảng ủy V,grassroots_committee,D,
    B,Chi bộ B,branch,V,2020-07-01
"""


def test_earlier_parents(tmp_path):
    placements = "org_code,parent_code,since,until\nB,W,2010-01-01,"
    take_tables(tmp_path, only(organizations=WARDS, placements=placements))
    expected = [("W", "2010-01-01", "2020-06-30"), ("V", "2020-07-01", "")]
    assert placements_of("B") == expected
    report = take_tables(tmp_path, only(organizations=WARDS, placements=placements))
    assert not report.has_changes
    with_a_gap = "org_code,parent_code,since,until\nB,W,2010-01-01,2015-12-31"
    assert take_tables(tmp_path, only(placements=with_a_gap)).tables["placements"].updated == 1
    assert placements_of("B") == [("W", "2010-01-01", "2015-12-31"), ("V", "2020-07-01", "")]


def test_a_move_keeps_where_it_stood(tmp_path):
    take_tables(tmp_path, only(organizations=WARDS.replace("V,2020-07-01", "W,")))
    moved = only(organizations=WARDS)
    assert take_tables(tmp_path, moved).tables["organizations"] == Counts(0, 1, 3)
    assert placements_of("B") == [("W", "", "2020-06-30"), ("V", "2020-07-01", "")]
    assert not take_tables(tmp_path, moved).has_changes


def test_a_move_without_a_day_happens_on_the_day_of_effect(tmp_path):
    take_tables(tmp_path, only(organizations=WARDS.replace("V,2020-07-01", "W,")))
    moved = only(organizations="code,parent_code,parent_since\nB,V,")
    take_tables(tmp_path, moved, effective=date(2026, 3, 1))
    expected = [("W", "", "2026-02-28"), ("V", "2026-03-01", "")]
    assert placements_of("B") == expected
    assert not take_tables(tmp_path, moved, effective=date(2026, 4, 1)).has_changes
    assert placements_of("B") == expected


def test_a_corrected_parent_or_day_takes_its_place(tmp_path):
    take_tables(tmp_path, only(organizations=WARDS))
    take_tables(tmp_path, only(organizations="code,parent_code,parent_since\nB,V,2019-07-01"))
    assert placements_of("B") == [("V", "2019-07-01", "")]
    take_tables(tmp_path, only(organizations="code,parent_code,parent_since\nB,W,2019-07-01"))
    assert placements_of("B") == [("W", "2019-07-01", "")]


def test_an_organization_that_stands_alone_since_a_day(tmp_path):
    take_tables(tmp_path, only(organizations=WARDS))
    alone = only(organizations="code,parent_code,parent_since\nB,,2024-01-01")
    assert take_tables(tmp_path, alone).tables["organizations"].updated == 1
    assert placements_of("B") == [("V", "2020-07-01", "2023-12-31")]
    assert not take_tables(tmp_path, alone).has_changes


def test_a_member_who_moves(tmp_path):
    take_tables(tmp_path, sheets())
    moved = only(members="code,branch_code,branch_since\nM2,W-1,2020-01-01")
    take_tables(tmp_path, moved)
    assert memberships_of("M2") == [("W-2", "2012-01-01", "2019-12-31"), ("W-1", "2020-01-01", "")]
    assert not take_tables(tmp_path, moved).has_changes


def test_a_member_who_moves_on_the_day_of_effect(tmp_path):
    take_tables(tmp_path, sheets())
    moved = only(members="code,branch_code\nM2,W-1\nM1,W-1")
    take_tables(tmp_path, moved, effective=date(2020, 1, 1))
    assert memberships_of("M2") == [("W-2", "2012-01-01", "2019-12-31"), ("W-1", "2020-01-01", "")]
    assert memberships_of("M1") == [("W-1", "2010-05-01", "")]
    assert not take_tables(tmp_path, moved).has_changes


def test_earlier_branches_and_a_return(tmp_path):
    tables = sheets() | only(
        memberships="""
            member_code,branch_code,since,until
            M2,D-O,2011-06-02,
            M2,W-1,2011-08-01,2011-10-01
        """
    )
    take_tables(tmp_path, tables)
    earlier = [("D-O", "2011-06-02", "2011-07-31"), ("W-1", "2011-08-01", "2011-10-01")]
    assert memberships_of("M2") == [*earlier, ("W-2", "2012-01-01", "")]
    back = only(
        members="code,branch_code,branch_since\nM2,W-2,2022-01-01",
        memberships="member_code,branch_code,since,until\nM2,W-2,2012-01-01,2020-12-31",
    )
    take_tables(tmp_path, back)
    assert memberships_of("M2") == [
        *earlier,
        ("W-2", "2012-01-01", "2020-12-31"),
        ("W-2", "2022-01-01", ""),
    ]


def test_periods_may_exchange_their_days(tmp_path):
    rows = """
        code,member_code,target_code,role,valid_from,valid_to
        A2,M3,W-2,direct,2016-01-01,{}
        A3,M3,W-2,direct,{},2018-12-31
    """
    take_tables(tmp_path, sheets())
    take_tables(tmp_path, only(assignments=rows.format("2016-06-30", "2016-07-01")))
    take_tables(tmp_path, only(assignments=rows.format("2018-03-31", "2018-04-01")))
    take_tables(tmp_path, only(assignments=rows.format("2016-03-31", "2016-04-01")))
    days = Assignment.objects.get(code="A3").validity
    assert (first_day(days), last_day(days)) == (date(2016, 4, 1), date(2018, 12, 31))


OPEN_ASSIGNMENTS = """
    code,member_code,target_code,role,valid_from,valid_to
    A8,M1,W-2,attend,2018-01-01,{}
    A9,{},W-2,attend,{},
"""


def test_an_open_assignment_gives_days_to_the_one_before(tmp_path):
    take_tables(tmp_path, sheets())
    take_tables(
        tmp_path, only(assignments=OPEN_ASSIGNMENTS.format("2018-12-31", "M1", "2019-01-01"))
    )
    shifts = [("2019-06-30", "2019-07-01"), ("2018-06-30", "2018-07-01")]
    for last, first in shifts:
        shifted = only(assignments=OPEN_ASSIGNMENTS.format(last, "M1", first))
        assert take_tables(tmp_path, shifted).tables["assignments"] == Counts(0, 2, 0)
        days = Assignment.objects.get(code="A9").validity
        assert (str(first_day(days)), last_day(days)) == (first, None)
        assert not take_tables(tmp_path, shifted).has_changes


def test_open_assignments_may_exchange_their_members(tmp_path):
    take_tables(tmp_path, sheets())
    rows = OPEN_ASSIGNMENTS.format("", "M2", "2018-01-01")
    take_tables(tmp_path, only(assignments=rows))
    swapped = only(assignments=rows.replace("M1", "M?").replace("M2", "M1").replace("M?", "M2"))
    assert take_tables(tmp_path, swapped).tables["assignments"] == Counts(0, 2, 0)
    assert Assignment.objects.get(code="A8").member.code == "M2"
    assert not take_tables(tmp_path, swapped).has_changes


def test_the_border_between_two_memberships_or_placements_may_move(tmp_path):
    """The first day is part of the key, so the present one moves it and the earlier one follows."""
    for since in ("2020-07-01", "2021-01-01", "2019-01-01"):
        tables = only(
            organizations=WARDS.replace("2020-07-01", since),
            placements="org_code,parent_code,since,until\nB,W,2010-01-01,",
            members=f"""
                code,full_name,admitted_on,branch_code,branch_since
                M1,An,2010-05-01,B,{since}
            """,
            memberships="member_code,branch_code,since,until\nM1,C,2010-05-01,",
        )
        tables["organizations"] += [["C", "Chi bộ C", "branch", "W", ""]]
        take_tables(tmp_path, tables)
        assert not take_tables(tmp_path, tables).has_changes
        assert (placements_of("B")[1], memberships_of("M1")[1]) == (
            ("V", since, ""),
            ("B", since, ""),
        )


def test_the_last_day_of_a_status_and_the_first_one_of_earlier_values_may_move(tmp_path):
    take_tables(tmp_path, sheets())
    for month in ("06", "09", "03"):
        tables = only(
            statuses=f"""
                member_code,status,since,until
                M1,exempt,2018-01-01,2018-{month}-28
                M1,away,2019-01-01,2019-{month}-28
            """,
            positions=f"""
                member_code,org_code,title,since,until,rank
                M1,W,Ủy viên,2018-01-01,2018-{month}-28,committee_member
                M1,W,Ủy viên,2019-01-01,,committee_member
            """,
            earlier_classes=f"""
                member_code,since,until,person_class
                M1,2012-{month}-01,2014-12-31,staff
                M1,2015-{month}-01,2019-12-31,leader
            """,
            earlier_organizations=f"""
                org_code,since,until,name,kind,grassroots
                W-1,2012-{month}-01,2014-12-31,Chi bộ Một,branch,0
                W-1,2015-{month}-01,2019-12-31,Chi bộ Hai,branch,0
            """,
        )
        assert take_tables(tmp_path, tables).has_changes
        assert not take_tables(tmp_path, tables).has_changes


# Values of a day


def test_a_changed_name_holds_from_the_day_of_effect(tmp_path):
    take_tables(tmp_path, sheets())
    assert not EarlierOrganization.objects.exists()
    renamed = only(organizations="code,name\nW-1,Chi bộ Một")
    take_tables(tmp_path, renamed, effective=date(2020, 1, 1))
    assert not take_tables(tmp_path, renamed, effective=date(2021, 1, 1)).has_changes
    again = only(organizations="code,name\nW-1,Chi bộ Hai")
    take_tables(tmp_path, again, effective=date(2022, 1, 1))

    def name_on(day):
        return Organization.objects.on(day).get(code="W-1").name_on

    assert [name_on(date(year, 6, 1)) for year in (2019, 2020, 2021, 2022)] == [
        "Chi bộ 1",
        "Chi bộ Một",
        "Chi bộ Một",
        "Chi bộ Hai",
    ]


def test_a_change_on_the_same_day_corrects(tmp_path):
    take_tables(tmp_path, sheets())
    for name in ("Chi bộ Mọt", "Chi bộ Một"):
        renamed = only(organizations=f"code,name\nW-1,{name}")
        take_tables(tmp_path, renamed, effective=date(2020, 1, 1))
    assert EarlierOrganization.objects.get().name == "Chi bộ 1"
    assert Organization.objects.get(code="W-1").name == "Chi bộ Một"


def test_no_change_before_a_later_one(tmp_path):
    take_tables(tmp_path, sheets())
    renamed = only(organizations="code,name\nW-1,Chi bộ Một")
    take_tables(tmp_path, renamed, effective=date(2020, 1, 1))
    other = only(organizations="code,name\nW-1,Chi bộ Hai")
    assert refusal_of(tmp_path, other, effective=date(2019, 1, 1)) == [
        "organizations:2:name: its name, kind or grassroots changed on 2020-01-01 already: "
        "use a later effective date"
    ]
    as_it_was = only(organizations="code,name\nW-1,Chi bộ 1")
    assert not take_tables(tmp_path, as_it_was, effective=date(2019, 1, 1)).has_changes


def test_a_change_before_its_first_day_is_a_correction(tmp_path):
    tables = sheets()
    tables["organizations"][3][6] = "2012-01-01"
    take_tables(tmp_path, tables)
    renamed = only(organizations="code,name\nW-1,Chi bộ Một")
    take_tables(tmp_path, renamed, effective=date(2012, 1, 1))
    assert not EarlierOrganization.objects.exists()


def test_a_changed_class_of_a_member(tmp_path):
    take_tables(tmp_path, sheets())
    take_tables(tmp_path, only(members="code,person_class\nM1,leader"), effective=date(2020, 1, 1))
    earlier = EarlierPersonClass.objects.get()
    assert (earlier.person_class, last_day(earlier.validity)) == ("outside", date(2019, 12, 31))
    days = [date(2019, 12, 31), date(2020, 1, 1)]
    assert [Member.objects.with_class(on=day).get(code="M1").person_class_on for day in days] == [
        "outside",
        "leader",
    ]


def test_a_workbook_may_tell_earlier_values_itself(tmp_path):
    take_tables(tmp_path, sheets())
    told = only(
        organizations="code,name\nW-1,Chi bộ Ba",
        earlier_organizations="""
            org_code,since,until,name,kind,grassroots
            W-1,,2015-12-31,Chi bộ Một,branch,0
            W-1,,2019-12-31,Chi bộ Hai,branch,0
        """,
        earlier_classes="member_code,since,until,person_class\nM1,,2019-12-31,staff",
    )
    take_tables(tmp_path, told)
    earlier = EarlierOrganization.objects.order_by("validity").values_list("name", "validity")
    assert [(name, str(first_day(days)), str(last_day(days))) for name, days in earlier] == [
        ("Chi bộ Một", "None", "2015-12-31"),
        ("Chi bộ Hai", "2016-01-01", "2019-12-31"),
    ]
    assert not take_tables(tmp_path, told).has_changes


# Directives


def test_which_directive_a_number_means(tmp_path):
    """Numbers begin again each term: the latest of the issuer that was issued by valid_from."""
    tables = sheets()
    tables["directives"] += only(d="02-NQ/QU,D,2020-06-01,resolution,Nhiệm kỳ sau,")["d"]
    tables["assignments"] += only(
        a="""
            A2,M3,W-2,direct,02-NQ/QU,D,,2020-05-31,
            A3,M2,W-2,direct,02-NQ/QU,D,,2020-06-01,
        """
    )["a"]
    take_tables(tmp_path, tables)
    issued = {
        each.code: each.directive.issued_on.year
        for each in Assignment.objects.select_related("directive")
    }
    assert issued == {"A1": 2015, "A2": 2015, "A3": 2020}
    exact = only(
        assignments="code,directive_number,issuer_code,directive_issued_on\nA3,02-NQ/QU,D,2015-06-01"
    )
    take_tables(tmp_path, exact)
    assert Assignment.objects.get(code="A3").directive.issued_on.year == 2015


def test_the_only_directive_may_be_issued_later_and_without_its_issuer(tmp_path):
    tables = sheets()
    tables["directives"][1][2] = "2017-01-01"
    tables["assignments"][1][5] = ""
    take_tables(tmp_path, tables)
    assert Assignment.objects.get().directive == Directive.objects.get()


# Oddities


def test_warnings(tmp_path):
    tables = sheets()
    tables["attendance"] += only(a="H1,M2,present,assigned,")["a"]
    tables["tasks"][2][7] = "2019-01-31"
    report = take_tables(tmp_path, tables)
    assert [str(each) for each in report.warnings] == [
        "attendance:4:capacity: M2 has no assignment to W-1, or to what is above it, on 2018-03-03",
        "tasks:3:due_on: due on 2019-01-31, which is not in 2018, the year of the task",
    ]


def test_a_visit_below_the_target_is_no_oddity(tmp_path):
    tables = sheets()
    tables["assignments"][1][2] = "W"
    tables["tasks"] = tables["tasks"][:1]
    assert not take_tables(tmp_path, tables).warnings


def test_someone_who_left_is_an_oddity(tmp_path):
    tables = sheets()
    tables["members"][1][6:] = ["2018-03-03", "deceased"]
    (warning,) = take_tables(tmp_path, tables).warnings
    assert str(warning).startswith("attendance:2:member_code: M1 did not belong to W-1")


def test_progress_is_told(tmp_path):
    told = []
    take_tables(tmp_path, sheets(), progress=lambda *step: told.append(step))
    assert told[:2] == [("organizations", 5), ("members", 3)]


@pytest.mark.django_db(transaction=True)
def test_imports_take_turns(tmp_path):
    """The second one waits, and then sees what the first one stored."""
    folder = write_folder(tmp_path / "workbook", sheets())
    reports = []

    def second():
        try:
            reports.append(take(folder))
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        take(folder)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)
    assert not reports[0].has_changes
