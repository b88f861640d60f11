"""The pages of minutes and quality, and the documents they give."""

import io
from datetime import date

from django.test import TestCase
from django.urls import reverse
from docx import Document
from pypdf import PdfReader

from branches.models import MeetingScore, Minutes
from branches.quality import BANDS
from branches.services.quality import total_of
from tests import builders as make

DAY = date(2026, 3, 4)


class PapersCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", name="Huyện ủy Đồng Văn")
        cls.ward = make.make_organization(
            "grassroots_committee", parent=cls.district, name="Đảng ủy xã Lũng Cú"
        )
        cls.branch = make.make_organization(parent=cls.ward, name="Chi bộ thôn Lô Lô Chải")
        cls.an = make.make_member(cls.branch, full_name="Vàng Thị An", official_on=date(2010, 1, 1))
        cls.binh = make.make_member(
            cls.branch, full_name="Sùng Mí Bình", official_on=date(2010, 1, 1)
        )
        cls.chi = make.make_member(cls.branch, full_name="Giàng Chi", official_on=date(2010, 1, 1))
        cls.meeting = make.make_meeting(cls.branch, DAY)
        make.attend(cls.meeting, cls.an)
        make.attend(cls.meeting, cls.binh, "excused", reason="Ốm nằm viện")
        make.attend(cls.meeting, cls.chi, "unexcused")
        cls.users = {}
        for role, organization in (
            ("secretary", cls.branch),
            ("office", cls.ward),
            ("board", cls.ward),
        ):
            cls.users[role] = make.make_user(role)
            make.grant(cls.users[role], role, organization)

    def ask(self, who, name, *args, **query):
        self.client.force_login(self.users[who])
        return self.client.get(reverse(f"assignments:{name}", args=args), query)

    def send(self, who, name, pk, /, **values):
        """Post what the form of the page says, with other values."""
        form = self.ask(who, name, pk).context["form"]
        initial = {field: form[field].value() for field in form.fields}
        filled = {field: value for field, value in initial.items() if value not in (None, "")}
        return self.client.post(reverse(f"assignments:{name}", args=[pk]), filled | values)


class MinutesPages(PapersCase):
    def written(self):
        return self.send(
            "secretary",
            "meeting_minutes_write",
            self.meeting.pk,
            opened_at="07:30",
            place="Nhà văn hóa thôn",
            chair=self.an.pk,
            recorder=self.binh.pk,
            guests="Bà Lý, Trưởng thôn",
            agenda="1. Đánh giá tháng 2\n2. Nhiệm vụ tháng 3",
            conclusions="Thống nhất làm đường.",
            resolution_number="03-NQ/CB",
            votes_for="1",
        )

    def test_written_and_read(self):
        assert self.written().status_code == 302
        page = self.ask("office", "meeting_minutes", self.meeting.pk)
        for words in ("Nhà văn hóa thôn", "Ốm nằm viện", "03-NQ/CB", "Thống nhất làm đường."):
            self.assertContains(page, words)
        # A second time it is changed, not written twice.
        self.written()
        assert Minutes.objects.count() == 1

    def test_chair_and_recorder_are_two(self):
        response = self.send(
            "secretary",
            "meeting_minutes_write",
            self.meeting.pk,
            chair=self.an.pk,
            recorder=self.an.pk,
        )
        assert "recorder" in response.context["form"].errors

    def test_word_and_pdf_say_who_was_there(self):
        self.written()
        word = self.ask("secretary", "meeting_minutes_document", self.meeting.pk, "docx")
        document = Document(io.BytesIO(word.getvalue()))
        texts = [each.text for each in document.paragraphs]
        pdf = self.ask("secretary", "meeting_minutes_document", self.meeting.pk, "pdf")
        pages = PdfReader(io.BytesIO(pdf.getvalue())).pages
        printed = " ".join(" ".join(page.extract_text() for page in pages).split())
        for words in (
            "Tổng số đảng viên: 3 (chính thức 3, dự bị 0, sinh hoạt tạm thời 0)",
            "Có mặt: 1 (chính thức 1, dự bị 0, sinh hoạt tạm thời 0).",
            "- Sùng Mí Bình: Ốm nằm viện",
            "- Giàng Chi",
            "- Bà Lý, Trưởng thôn",
            "Chi bộ ban hành Nghị quyết số 03-NQ/CB.",
            "Biểu quyết: tán thành 1, không tán thành 0, ý kiến khác 0.",
        ):
            assert any(words in text for text in texts), words
            assert words in printed, words
        head = [each.text for each in document.tables[0].rows[0].cells[0].paragraphs]
        assert head[:2] == ["ĐẢNG ỦY XÃ LŨNG CÚ", "CHI BỘ THÔN LÔ LÔ CHẢI"]
        # Dated at the commune: a branch is often called by a number.
        dated = [each.text for each in document.tables[0].rows[0].cells[1].paragraphs]
        assert any(text.startswith("Lũng Cú, ngày") for text in dated), dated

    def test_no_document_before_there_are_minutes(self):
        assert (
            self.ask("secretary", "meeting_minutes_document", self.meeting.pk, "pdf").status_code
            == 404
        )


class QualityPages(PapersCase):
    def test_scored_by_the_branch_and_decided_above(self):
        form = self.ask("secretary", "meeting_score", self.meeting.pk).context["form"]
        follows = next(each for each in form.criteria if each.is_attendance)
        # One of three came, one of them without reason: the least.
        assert form[f"points_{follows.pk}"].value() == follows.points / 4
        refused = self.send("secretary", "meeting_score", self.meeting.pk)
        self.assertContains(refused, 'class="invalid-feedback"')  # the note says why
        response = self.send("secretary", "meeting_score", self.meeting.pk, note="Vắng nhiều")
        assert response.status_code == 302
        page = self.ask("secretary", "meetings_quality", month="2026-03")
        (row,) = page.context["table"].rows
        total = total_of(MeetingScore.objects.get())
        assert (row.points, row.band, row.is_decided) == (total, "good", False)
        assert self.ask("secretary", "meeting_quality_decide", self.meeting.pk).status_code == 403
        response = self.send(
            "office", "meeting_quality_decide", self.meeting.pk, decided="72", note="Thiếu nội dung"
        )
        assert response.status_code == 302
        (row,) = self.ask("office", "meetings_quality", month="2026-03").context["table"].rows
        assert (row.points, row.band, row.is_decided) == (72, "fair", True)
        assert row.note == "Thiếu nội dung"
        page = self.ask("secretary", "meeting_quality", self.meeting.pk)
        assert not page.context["may_score"]
        assert page.context["decided_band"] == BANDS["fair"]

    def test_the_month(self):
        make.make_meeting(self.branch, date(2026, 2, 4), quality=95)
        make.make_organization(parent=self.ward)
        table = self.ask("office", "meetings_quality", month="2026-02").context["table"]
        assert [(row.members, row.points, row.band) for row in table.rows] == [
            (3, 95, "good"),
            (0, None, None),
        ]
        assert (table.counts["good"], table.without) == (1, 1)
        assert self.ask("office", "meetings_quality", month="2026-13").status_code == 200

    def test_the_board_makes_a_version(self):
        self.client.force_login(self.users["board"])
        (first, _before) = self.ask("board", "meeting_forms").context["forms"]
        response = self.send("board", "meeting_form_change", first.pk, name="Thang điểm của xã")
        assert response.status_code == 302
        page = self.ask("secretary", "meeting_quality", self.meeting.pk)
        assert page.context["used"].name == "Thang điểm của xã"

    def test_what_is_wrong_with_a_version(self):
        (first, _before) = self.ask("board", "meeting_forms").context["forms"]
        response = self.send("board", "meeting_form_change", first.pk, points_0="50")
        assert response.context["form"].non_field_errors()
        response = self.send("board", "meeting_form_change", first.pk, good_from="60")
        assert "good_from" in response.context["form"].errors
