from datetime import UTC, date, datetime
from unittest.mock import patch

from django.test import TestCase
from django.urls import reverse
from django.utils.translation import gettext

from accounts.choices import Role
from evaluations.exports import COLUMNS
from evaluations.models import Rating
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.pages import HTMX, count_queries, text_of

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def give_results(member, branch, meetings, *, outcome="exceeded"):
    for meeting in meetings:
        make.attend(meeting, member)
    make.make_task(member, branch, 2018, outcome=outcome, title="Vận động hội viên")


class RatedWard(TestCase):
    """A ward with two branches: an excellent and a late member, and one without results."""

    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", parent=cls.district, branches=2)
        cls.meetings = [make.make_meeting(cls.branch, date(2018, month, 3)) for month in (1, 2, 3)]
        cls.best = make.make_member(cls.branch, code="M1", full_name="Nguyễn Thị Ánh")
        cls.late = make.make_member(cls.branch, code="M2", full_name="Đỗ Văn Bình")
        cls.none = make.make_member(cls.second, code="M3", full_name="Lê Thị Cúc")
        give_results(cls.best, cls.branch, cls.meetings)
        give_results(cls.late, cls.branch, cls.meetings, outcome="late")
        make.make_deduction(cls.best, date(2018, 5, 1), 2)
        cls.roll_up = roll_up_inline(cls.ward, year=2018, at=NOON)
        cls.leader = make.make_user()
        make.grant(cls.leader, Role.LEADER, cls.ward)
        cls.board_url = reverse("evaluations:board")

    def setUp(self):
        self.client.force_login(self.leader)

    def rating(self, member):
        return Rating.objects.get(member=member)

    def url(self, member):
        return reverse("evaluations:rating", args=[self.rating(member).pk])


class BoardTests(RatedWard):
    def get(self, headers=None, **query):
        return self.client.get(self.board_url, {"year": 2018, **query}, headers=headers)

    def members(self, **query):
        rows = self.get(**query).context["table"].page.object_list.data
        return [row.member.code for row in rows]

    def test_counts_levels_and_the_cap(self):
        board = self.get().context["board"]
        assert (board.totals.rated, board.totals.not_rated) == (2, 1)
        (cap,) = board.caps
        assert (cap.unit, cap.excellent, cap.places, cap.used, cap.capped) == (
            self.ward, 1, 0, 0, 1,
        )  # fmt: skip
        assert board.totals.levels["good"] == 1

    def test_bars_are_branches_where_there_is_one_unit(self):
        response = self.get()
        assert response.context["board"].by == "branch"
        assert response.context["chart"]["labels"] == ["W-1", "W-2"]

    def test_bars_are_units_for_a_district(self):
        other, (branch,) = make.make_ward("V", parent=self.district)
        give_results(
            make.make_member(branch), branch, [make.make_meeting(branch, date(2018, 1, 3))]
        )
        roll_up_inline(other, year=2018, at=NOON)
        make.grant(self.leader, Role.LEADER, self.district)
        response = self.get(org=self.district.pk)
        assert [bar.organization for bar in response.context["board"].bars] == [other, self.ward]
        assert response.context["chart"]["places"] == [0, 0]

    def test_bars_of_many_units_are_what_stands_below(self):
        province = make.make_organization("province", code="P")
        make.place(self.district, province)
        other, (branch,) = make.make_ward("V", parent=province)
        give_results(
            make.make_member(branch), branch, [make.make_meeting(branch, date(2018, 1, 3))]
        )
        roll_up_inline(other, year=2018, at=NOON)
        make.grant(self.leader, Role.LEADER, province)
        with patch("evaluations.board.MOST_UNITS", 1):
            response = self.get(org=province.pk)
        board = response.context["board"]
        assert (board.by, [bar.organization for bar in board.bars]) == (
            "below",
            [self.district, other],
        )
        assert f"?org={self.district.pk}&amp;year=2018" in text_of(response)

    def test_the_newest_year_is_shown_first(self):
        assert self.client.get(self.board_url).context["year"] == 2018

    def test_list_is_sorted_and_filtered(self):
        assert self.members() == ["M1", "M2", "M3"]
        assert self.members(sort="member") == ["M1", "M2", "M3"]
        assert self.members(sort="suggested") == ["M1", "M2", "M3"]
        assert self.members(sort="-suggested") == ["M2", "M1", "M3"]
        for query, codes in (
            ({"level": "excellent"}, ["M1"]),
            ({"suggested": "good"}, ["M1"]),
            ({"capped": "1"}, ["M1"]),
            ({"reason": "no_results"}, ["M3"]),
            ({"reason": "rated"}, ["M1", "M2"]),
            ({"branch": self.second.pk}, ["M3"]),
            ({"unit": self.ward.pk}, ["M1", "M2", "M3"]),
            ({"q": "do binh"}, ["M2"]),
            ({"decision": "x"}, ["M1", "M2", "M3"]),
        ):
            with self.subTest(query=query):
                assert self.members(**query) == codes

    def test_htmx_gets_the_list_without_reading_the_board(self):
        response = self.get(headers=HTMX)
        assert "board" not in response.context
        assert "<html" not in text_of(response)

    def test_a_year_without_ratings_says_what_to_do(self):
        page = text_of(self.get(year=2019))
        assert "Chưa có xếp loại năm 2019" in page
        assert reverse("evaluations:roll_up_start") in page

    def test_administrator_may_not_see_it(self):
        administrator = make.make_user()
        make.grant(administrator, Role.ADMINISTRATOR, self.ward)
        self.client.force_login(administrator)
        assert self.get().status_code == 403

    def test_a_secretary_sees_the_own_branch_and_no_cap_of_the_whole(self):
        secretary = make.make_user()
        make.grant(secretary, Role.SECRETARY, self.branch)
        self.client.force_login(secretary)
        board = self.get().context["board"]
        assert (board.totals.total, board.caps) == (2, [])

    def test_cost_does_not_grow(self):
        url = f"{self.board_url}?org={self.ward.pk}&year=2018"
        few = count_queries(self.client, url)
        for _number in range(55):
            give_results(make.make_member(self.branch), self.branch, self.meetings[:1])
        roll_up_inline(self.ward, year=2018, at=NOON)
        assert count_queries(self.client, url) == few <= 24


class DownloadTests(RatedWard):
    def get(self, kind, **query):
        url = reverse("evaluations:ratings_download", args=[kind])
        return self.client.get(url, {"org": self.ward.pk, "year": 2018, **query})

    def lines(self, **query):
        text = b"".join(self.get("csv", **query).streaming_content).decode("utf-8-sig")
        return text.splitlines()

    def test_csv_has_the_columns_of_the_export_and_the_rows_of_the_list(self):
        heading, *rows = self.lines()
        assert heading.split(",") == list(COLUMNS)
        # A leader sees no party card; the board, which does, gets what the command writes.
        assert [row.split(",")[0] for row in rows] == ["••••••"] * 3
        make.grant(self.leader, Role.BOARD, self.ward)
        assert [row.split(",")[0] for row in self.lines()[1:]] == ["M1", "M2", "M3"]
        assert len(self.lines(suggested="good")) == 2

    def test_xlsx(self):
        response = self.get("xlsx")
        assert response.headers["Content-Disposition"].endswith('"ratings-W-2018.xlsx"')
        assert b"".join(response.streaming_content)[:2] == b"PK"

    def test_refusals(self):
        assert self.get("pdf").status_code == 404
        assert self.get("csv", year="x").status_code == 404
        office = make.make_user()
        make.grant(office, Role.OFFICE, self.ward)
        self.client.force_login(office)
        assert self.get("csv").status_code == 403


class RatingPageTests(RatedWard):
    def test_points_formula_and_the_meetings_behind_them(self):
        page = text_of(self.client.get(self.url(self.best)))
        for words in ("Nguyễn Thị Ánh", "Còn 18 trên 20 điểm", "20 × 30 × 18 ÷ (30 × 20)", "−2"):
            assert words in page
        for meeting in self.meetings:
            assert reverse("branches:meeting", args=[meeting.pk]) in page

    def test_says_why_in_words(self):
        page = text_of(self.client.get(self.url(self.best)))
        assert "Trước khi xét tỷ lệ, mức là “Hoàn thành xuất sắc nhiệm vụ”" in page
        assert "Đơn vị quá ít người" in page
        assert gettext("Needs a decision") in page

    def test_a_member_who_is_not_rated(self):
        page = text_of(self.client.get(self.url(self.none)))
        assert "cả một nhóm tiêu chí không có số liệu" in page
        assert "Vì sao là mức này" not in page

    def test_says_that_the_records_have_changed(self):
        self.best.tasks.update(outcome="unmet")
        assert "Số liệu đã thay đổi" in text_of(self.client.get(self.url(self.best)))

    def test_ones_own_rating_names_meetings_that_one_may_open(self):
        self.client.force_login(make.make_user(member=self.best))
        response = self.client.get(self.url(self.best))
        assert reverse("branches:meeting", args=[self.meetings[0].pk]) in text_of(response)
        assert self.client.get(self.url(self.late)).status_code == 404

    def test_others_are_not_found(self):
        stranger = make.make_user()
        make.grant(stranger, Role.LEADER, make.make_ward("X")[0])
        self.client.force_login(stranger)
        assert self.client.get(self.url(self.best)).status_code == 404

    def test_in_english(self):
        self.client.post(reverse("set_language"), {"language": "en"})
        page = text_of(self.client.get(self.url(self.best)))
        assert "18 of 20 points are left" in page
        assert "Phẩm chất, tự phê bình" not in page

    def test_cost_does_not_grow(self):
        url = f"{self.url(self.best)}?org={self.ward.pk}"
        few = count_queries(self.client, url)
        for day in range(4, 28):
            make.attend(make.make_meeting(self.branch, date(2018, 2, day)), self.best)
            make.make_task(self.best, self.branch, 2018)
        assert count_queries(self.client, url) == few <= 29
