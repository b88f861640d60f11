"""What may stand in a cell, and that what is written is read as the same value."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.cells import (
    FIRST_DAY,
    LAST_DAY,
    Boolean,
    CellError,
    Choice,
    Code,
    Date,
    Number,
    Text,
    Whole,
)

NUMBER = Number(18, 4)
LEVELS = Choice({"good": "Hoàn thành tốt nhiệm vụ", "failed": "Không hoàn thành nhiệm vụ"})
TYPES = [Text(10), Code(64), Date(), NUMBER, Whole(), Boolean(), LEVELS]


@pytest.mark.parametrize("cell_type", TYPES)
@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0 \u3000", "\ufeff"])
def test_blank_cells_have_no_value(cell_type, blank):
    assert cell_type.parse(blank) is None


@given(st.text() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.dates())
def test_any_cell_is_read_or_refused_in_words(cell):
    for cell_type in TYPES:
        with suppress(CellError):
            cell_type.parse(cell)


@given(st.text())
def test_what_is_written_of_a_text_is_read_again(text):
    written = Text().write(text)
    assert Text().write(Text().parse(written) or "") == written
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["=1+1", "+84 900", "-5", "@x", "'=1", "''-", "'tis", "'", "a=b"])
def test_formulas_are_kept_from_being_one(text):
    assert Text().parse(Text().write(text)) == text


def test_text_is_composed_and_its_lines_end_alike():
    assert Text().parse("Nguye\u0302\u0303n\r\nVa\u0306n\rA") == "Nguyễn\nVăn\nA"


@pytest.mark.parametrize("cell", ["a\x00b", "\x1b[0m", "a\x7f"])
def test_control_characters_are_refused(cell):
    with pytest.raises(CellError, match="control character"):
        Text().parse(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [(5.0, "5"), (12345678.0, "12345678"), (1.5, "1.5"), (date(2026, 3, 5), "2026-03-05")],
)
def test_numbers_and_days_of_excel_as_text(cell, text):
    assert Text().parse(cell) == text


# Dates


@given(st.dates(min_value=FIRST_DAY, max_value=LAST_DAY))
def test_the_ways_to_write_a_day(day):
    vietnamese = [f"{day.day}/{day.month}/{day.year:04}", f"{day.day:02}/{day.month:02}/{day.year}"]
    excel = [day, datetime(day.year, day.month, day.day)]
    for cell in [Date().write(day), *vietnamese, *excel]:
        assert Date().parse(cell) == day


@pytest.mark.parametrize(
    "cell",
    ["2026-02-29", "29/2/2026", "31/04/2026", "0/1/2026", "5/13/2026", "2026-13-01"],
)
def test_days_that_do_not_exist(cell):
    with pytest.raises(CellError, match="there is no day"):
        Date().parse(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "5/3/26",
        "5-3-2026",
        "2026/03/05",
        "2026-3-5",
        "20260305",
        46086.0,
        "tháng 3",
        True,
        "٥/3/2026",
    ],
)
def test_what_is_no_day(cell):
    with pytest.raises(CellError, match="date"):
        Date().parse(cell)


@pytest.mark.parametrize("cell", ["1799-12-31", "1/1/2201", "31/12/9999"])
def test_days_out_of_range(cell):
    with pytest.raises(CellError, match="from 1800 to 2200"):
        Date().parse(cell)


def test_a_day_with_a_time_is_refused():
    with pytest.raises(CellError, match="has a time"):
        Date().parse(datetime(2026, 3, 5, 7, 30))


@pytest.mark.parametrize("cell", [time(), time(7, 30), timedelta(hours=30)])
def test_a_time_without_a_day_is_refused(cell):
    with pytest.raises(CellError, match="is a time, not a date"):
        Date().parse(cell)


# Numbers


@given(st.decimals(-(10**13), 10**13, places=4))
def test_what_is_written_of_a_number_is_read_again(number):
    written = NUMBER.write(number)
    assert NUMBER.parse(written) == NUMBER.parse(written.replace(".", ",")) == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", "12"),
        ("007", "7"),
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        ("-1,25", "-1.25"),
        ("+3", "3"),
        ("1.0000", "1"),
        ("0,1250", "0.125"),
        ("1.000.000", "1000000"),
        ("1,000,000", "1000000"),
        ("1.000,5", "1000.5"),
        ("1,234.56", "1234.56"),
        ("12.345.678,9", "12345678.9"),
        (1.5, "1.5"),
        (1000.0, "1000"),
        (1.234, "1.234"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_the_ways_to_write_a_number(cell, number):
    assert NUMBER.parse(cell) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "thousands", "decimals"),
    [("1.000", "1000", "1.0000"), ("1,500", "1500", "1,5000"), ("-7.125", "-7125", "-7.1250")],
)
def test_one_mark_before_three_digits_is_ambiguous(cell, thousands, decimals):
    with pytest.raises(CellError) as refused:
        NUMBER.parse(cell)
    assert f"write {thousands} if thousands are meant, {decimals} if" in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "decimals", "whole"),
    [("0,125", "0,1250", "125"), ("0.500", "0.5000", "500"), ("-0.012", "-0.0120", "-12")],
)
def test_thousands_do_not_begin_with_zero(cell, decimals, whole):
    with pytest.raises(CellError) as refused:
        NUMBER.parse(cell)
    assert str(refused.value) == (
        f"“{cell}” is ambiguous: write {decimals} if decimals are meant, {whole} if a whole number "
        "is"
    )


@pytest.mark.parametrize(
    "cell",
    [
        "1.00.000",
        "1.0000.000",
        "1..5",
        "1.",
        ".5",
        "1,5,5",
        "1 000",
        "1e3",
        "5%",
        "½",
        "٣",
        "--1",
        True,
    ],
)
def test_what_is_no_number(cell):
    with pytest.raises(CellError, match="is not a number"):
        NUMBER.parse(cell)


def test_whole_numbers():
    year = Whole(least=Decimal(1930), most=Decimal(2100))
    assert [year.parse(cell) for cell in ("2018", 2018.0, "2018,0")] == [2018] * 3
    for cell in ("2018,5", 2018.5, "1929", "2101", "2.018"):
        with pytest.raises(CellError):
            year.parse(cell)


# Lists


@pytest.mark.parametrize("cell", ["1", "true", "TRUE", "x", "X", "có", "Có", "CÓ", "co", True, 1.0])
def test_yes(cell):
    assert Boolean().parse(cell) is True


@pytest.mark.parametrize("cell", ["0", "false", "không", "KHÔNG", "khong", False, 0.0])
def test_no(cell):
    assert Boolean().parse(cell) is False


@pytest.mark.parametrize(
    "cell",
    [
        "good",
        " GOOD ",
        "Hoàn thành tốt nhiệm vụ",
        "hoan thanh tot nhiem vu",
        "HOÀN THÀNH  TỐT NHIỆM-VỤ.",
        "Hoa\u0300n tha\u0300nh to\u0302\u0301t nhie\u0323\u0302m vu\u0323",
    ],
)
def test_values_of_a_list_are_compared_loosely(cell):
    assert LEVELS.parse(cell) == "good"


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True))
def test_codes(code):
    assert Code(64).parse(f" {code} ") == code


def test_what_is_no_code():
    for text in ("-a", ".a", "_a", "a b", "á", "a/b", "a!", "x" * 65):
        with pytest.raises(CellError):
            Code(64).parse(text)
