"""Headings that the workbook does not know: said once what they mean, remembered, applied."""

import pytest
from django.core.exceptions import PermissionDenied

from branches.models import Member, Organization
from tests import builders as make
from workbook import uploads
from workbook.aliases import aliases_for
from workbook.forms import LEAVE_OUT, HeadingsForm
from workbook.models import HeadingAlias, Import

from .sheets import TODAY, rows_of, take, write_excel
from .uploads import checked, excel, make_board, now, stored_world, work

pytestmark = pytest.mark.django_db

ROWS = rows_of("""
    STT,code,Người,admitted_on,branch_code,branch_since
    1,M9,Lý Mới,2020-01-01,W-2,2020-01-01
""")


@pytest.fixture
def district(tmp_path):
    return stored_world(tmp_path)


@pytest.fixture
def board(district):
    return make_board(district)


def say(row, meanings, by, organization):
    uploads.say_headings(row, meanings, organization=organization, by=by, at=now(), on=TODAY)
    return work(row)


def test_unknown_headings_are_told_with_the_table(tmp_path, district, board):
    row = checked(excel(tmp_path, {"Sổ lạ": ROWS, "members": ROWS}), district, board)
    assert row.state == "wrong"
    assert row.headings == [
        {"table": "", "heading": "Sổ lạ"},
        {"table": "members", "heading": "STT"},
        {"table": "members", "heading": "Người"},
    ]


def test_what_was_said_is_applied_now_and_the_next_time(tmp_path, district, board):
    file = excel(tmp_path, {"Danh bạ": ROWS})
    row = checked(file, district, board)
    row = say(row, {("", "Danh bạ"): "members"}, board, district)
    assert row.headings == [
        {"table": "members", "heading": "STT"},
        {"table": "members", "heading": "Người"},
    ]
    meanings = {("members", "STT"): "", ("members", "Người"): "full_name"}
    assert say(row, meanings, board, district).state == "checked"
    again = checked(excel(tmp_path, {"Danh bạ": ROWS}), district, board)
    assert again.state == "checked"
    assert again.lines.get(kind="new").label == "M9 · Lý Mới"


def test_a_sheet_that_is_left_out_is_not_read(tmp_path, district, board):
    row = checked(excel(tmp_path, {"Ghi chú": ROWS, "members": ROWS[:1]}), district, board)
    meanings = {("", "Ghi chú"): "", ("members", "STT"): "", ("members", "Người"): "full_name"}
    assert say(row, meanings, board, district).state == "checked"


def test_it_holds_below_the_organization_and_nowhere_else(district, board):
    make.make_heading(district, "Người")
    ward = Organization.objects.get(code="W")
    elsewhere, _branches = make.make_ward("E")
    assert aliases_for(ward, on=TODAY) == {("members", "nguoi"): "full_name"}
    assert aliases_for(elsewhere, on=TODAY) == {}


def test_the_nearest_of_several_counts(district, board):
    make.make_heading(None, "Người", means="code")
    make.make_heading(district, "Người", means="full_name")
    ward = Organization.objects.get(code="W")
    make.make_heading(ward, "Người", means="occupation")
    assert aliases_for(ward, on=TODAY)["members", "nguoi"] == "occupation"
    assert aliases_for(district, on=TODAY)["members", "nguoi"] == "full_name"
    assert aliases_for(None, on=TODAY)["members", "nguoi"] == "code"


def test_a_command_takes_what_holds_for_everybody(tmp_path, district):
    make.make_heading(None, "Người")
    make.make_heading(None, "STT", means="")
    take(write_excel(tmp_path / "x.xlsx", {"members": ROWS}))
    assert Member.objects.get(code="M9").full_name == "Lý Mới"


def test_what_is_known_cannot_be_given_another_meaning(tmp_path, district, board):
    make.make_heading(district, "full_name", means="occupation")
    rows = [["code", "full_name"], ["M1", "Nguyễn Văn Ân"]]
    row = checked(excel(tmp_path, {"members": rows}), district, board)
    assert row.lines.get().values == {"full_name": ["Nguyễn Văn An", "Nguyễn Văn Ân"]}


def test_a_column_that_is_gone_is_asked_about_again(tmp_path, district, board):
    make.make_heading(district, "Người", means="no_longer_there")
    row = checked(excel(tmp_path, {"members": ROWS}), district, board)
    assert {"table": "members", "heading": "Người"} in row.headings


def test_only_who_imports_everywhere_decides_for_everybody(tmp_path, district, board):
    row = checked(excel(tmp_path, {"members": ROWS}), district, board)
    assert uploads.may_say_for_all(board, on=TODAY)
    make.make_ward("E")
    assert not uploads.may_say_for_all(board, on=TODAY)
    with pytest.raises(PermissionDenied):
        say(row, {("members", "STT"): ""}, board, None)
    assert Import.objects.get().state == "wrong"
    assert not HeadingAlias.objects.exists()


def test_a_remembered_heading_can_be_forgotten(district, board, client):
    alias = make.make_heading(district, "Người")
    client.force_login(board)
    page = client.get("/imports/headings/").content.decode()
    assert "Người" in page
    assert client.post(f"/imports/headings/{alias.pk}/forget/").status_code == 302
    assert not HeadingAlias.objects.exists()


def test_who_answers_for_less_sees_but_does_not_forget(district, client):
    alias = make.make_heading(district, "Người")
    client.force_login(make_board(Organization.objects.get(code="W"), "ward"))
    page = client.get("/imports/headings/").content.decode()
    assert "Người" in page
    assert "/forget/" not in page
    assert client.post(f"/imports/headings/{alias.pk}/forget/").status_code == 404


class TestForm:
    def form(self, data=None, **more):
        headings = [
            {"table": "members", "heading": "Họ tên đệm"},
            {"table": "", "heading": "member list"},
        ]
        return HeadingsForm(data, headings=headings, **{"for_all": False} | more)

    def test_the_nearest_stand_first(self):
        choices = self.form().fields["heading0"].choices
        assert [each[0] for each in choices[1][1]] == ["full_name"]
        assert [each[0] for each in self.form().fields["heading1"].choices[1][1]] == ["members"]

    def test_each_must_be_said(self):
        form = self.form({"heading0": "full_name", "heading1": ""})
        assert list(form.errors) == ["heading1"]

    def test_only_columns_of_the_table_can_be_said(self):
        assert "heading0" in self.form({"heading0": "held_on", "heading1": LEAVE_OUT}).errors

    def test_what_was_said(self):
        form = self.form({"heading0": "full_name", "heading1": LEAVE_OUT})
        assert form.is_valid()
        assert form.meanings() == {
            ("members", "Họ tên đệm"): "full_name",
            ("", "member list"): "",
        }
