"""A pasted list becomes rows of cells, however its columns stand and are written."""

import pytest
from django.test import SimpleTestCase

from assignments.assigning.pasting import COLUMNS, read_pasted

AN = {"member": "Nguyễn Văn An", "target": "Chi bộ 1", "role": "direct", "since": "01/07/2026"}


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Văn An\tChi bộ 1\tChỉ đạo toàn diện\t01/07/2026",
        "Nguyễn Văn An;Chi bộ 1;chỉ đạo;1.7.2026",
        "Nguyễn Văn An, Chi bộ 1, phụ trách, 1-7-2026",
        "\n  Nguyễn  Văn An\t Chi bộ 1\tdirect\t2026-07-01\r\n\r\n",
        "đ/c Nguyễn Văn An\tChi bộ 1\tDIRECT\t2026-07-01 00:00:00",
        '"Nguyễn\nVăn An"\t"Chi bộ 1"\tdirects\t1/7/2026',
        "Từ ngày\tVai trò\tChi bộ\tHọ và tên\n1/7/2026\tChỉ đạo\tChi bộ 1\tNguyễn Văn An",
        "branch;name;first day;role\nChi bộ 1;Nguyễn Văn An;01/07/2026;Directs the branch",
        "STT\tCán bộ\tĐơn vị\tTừ\tNhiệm vụ\n1\tNguyễn Văn An\tChi bộ 1\t1/7/2026\tchi dao",
    ],
)
def test_one_row_in_many_ways(text):
    assert read_pasted(text).rows == [AN]


@pytest.mark.parametrize(
    ("written", "role"),
    [
        ("Dự sinh hoạt", "attend"),
        ("du hop", "attend"),
        ("Tăng cường", "reinforce"),
        ("Reinforces the branch", "reinforce"),
        ("Thành viên đoàn", "team_member"),
        ("team leader", "team_leader"),
        ("team_leader", "team_leader"),
        ("chỉ đaọ", "direct"),
        ("chỉ trỏ", "chỉ trỏ"),
    ],
)
def test_words_of_roles(written, role):
    text = f"Họ tên;Chi bộ;Vai trò\nAn;CB1;{written}"
    assert read_pasted(text).rows == [{"member": "An", "target": "CB1", "role": role}]


@pytest.mark.parametrize(
    ("written", "due", "period"),
    [
        ("2", "2", None),
        ("2 lần", "2", None),
        ("2 lần/tháng", "2", "month"),
        ("1/quý", "1", "quarter"),
        ("6 each year", "6", "year"),
        ("hai", "hai", None),
    ],
)
def test_visits(written, due, period):
    (row,) = read_pasted(f"Họ tên\tChi bộ\tSố lần dự\nAn\tCB1\t{written}").rows
    assert row["visits_due"] == due
    assert row.get("visits_period") == period


class PastedTests(SimpleTestCase):
    def test_a_running_number_without_a_heading_is_no_name(self):
        rows = read_pasted("1\tAn\tCB1\n2\tBình\tCB2").rows
        assert rows == [
            {"member": "An", "target": "CB1"},
            {"member": "Bình", "target": "CB2"},
        ]

    def test_card_and_name_together_name_one(self):
        text = "Số thẻ;Họ tên;Mã chi bộ;Chi bộ\n0012;An;CB1;Chi bộ 1\n0013;;CB2;"
        assert read_pasted(text).rows == [
            {"member": "An (0012)", "target": "Chi bộ 1 (CB1)"},
            {"member": "0013", "target": "CB2"},
        ]

    def test_first_and_last_day_without_a_heading(self):
        (row,) = read_pasted("An\tCB1\t1/7/2026\t31/12/2026\t2/tháng").rows
        assert (row["since"], row["until"]) == ("01/07/2026", "31/12/2026")
        assert (row["visits_due"], row["visits_period"]) == ("2", "month")

    def test_a_day_written_wrong_stays_as_it_is(self):
        rows = read_pasted("An\tCB1\t31/02/2026\nBình\tCB2\t1/3/2026\nCúc\tCB3\t1/3/2026").rows
        assert [row["since"] for row in rows] == ["31/02/2026", "01/03/2026", "01/03/2026"]

    def test_columns_that_say_nothing_are_told(self):
        pasted = read_pasted("Họ tên\tChi bộ\tGhi chú\tĐiện thoại\nAn\tCB1\tx\t0909")
        assert pasted.rows == [{"member": "An", "target": "CB1"}]
        assert pasted.unread == ["Ghi chú", "Điện thoại"]

    def test_columns_that_say_nothing_are_told_without_a_heading_too(self):
        pasted = read_pasted("An\tCB1\t\tĐã nhận việc\nBình\tCB2\tghi sau\t")
        assert [row["target"] for row in pasted.rows] == ["CB1", "CB2"]
        assert pasted.unread == ["ghi sau", "Đã nhận việc"]

    def test_a_third_column_with_one_known_role_is_the_roles(self):
        pasted = read_pasted("An\tCB1\tsai vai trò\nBình\tCB2\tDự sinh hoạt")
        assert [row["role"] for row in pasted.rows] == ["sai vai trò", "attend"]
        assert pasted.unread == []

    def test_a_list_pasted_into_a_later_column_begins_there(self):
        assert read_pasted("CB1\nCB2", column=COLUMNS.index("target")).rows == [
            {"target": "CB1"},
            {"target": "CB2"},
        ]

    def test_nothing_is_no_row(self):
        for text in ("", " \n\t\n", "Họ tên\tChi bộ"):
            assert read_pasted(text).rows == []
