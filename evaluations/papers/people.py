"""Papers of members: self-review (form 2A, 2B or 2C), own rating (05), re-rating (03) and the list
of the papers of a dossier (04). Records are read for many members at once."""

from collections import defaultdict
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from assignments.choices import DocumentKind, Level, TaskState
from assignments.documents.content import (
    LANGUAGE,
    STANDING,
    Letterhead,
    common,
    day_in_words,
    place_of,
    posts_of,
    suggest_letterhead,
)
from assignments.models import Task
from branches.as_of import as_of
from branches.choices import PersonClass
from branches.models import Position
from branches.templatetags.numbers import number

from ..choices import Cause, CommentKind, Criterion
from ..models import Decision, OrganizationRating

REVIEW_OF = {
    PersonClass.LEADER: DocumentKind.REVIEW_LEADER,
    PersonClass.STAFF: DocumentKind.REVIEW_STAFF,
    PersonClass.OUTSIDE: DocumentKind.REVIEW_OUTSIDE,
}
HEADS = ("secretary", "deputy_secretary", "branch_secretary", "branch_deputy")
WRITTEN_IN_PEN = "…………………………"
NO_NUMBER = "      -QĐ/ĐU"


def _day(day):
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


def _level(level):
    return str(Level(level).label) if level else WRITTEN_IN_PEN


def _lines(text):
    """What was written, a text a line; a line for the pen where nothing was."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()] or [
        WRITTEN_IN_PEN
    ]


class People:
    """The fields of papers of these appraisals (of one cycle), read in a fixed number of queries.

    with_decisions  whether the reader may know what was decided
    """

    def __init__(self, appraisals, *, with_decisions):
        rows = appraisals.select_related(
            "cycle__scheme",
            "cycle_branch__branch",
            "cycle_branch__unit",
            "member",
            "rating",
            "decision",
            "self_review",
        )
        self.appraisals = list(
            rows.prefetch_related("comments", "proposals", "vote_counts").order_by(
                "cycle_branch__branch__code", "member__sort_key", "member__code"
            )
        )
        self.with_decisions = with_decisions
        if not self.appraisals:
            return
        self.cycle = self.appraisals[0].cycle
        self.on = self.cycle.cut_off
        self.members = [each.member_id for each in self.appraisals]
        places = [each.cycle_branch for each in self.appraisals]
        as_of([place.branch for place in places] + [place.unit for place in places], on=self.on)
        self.posts = self._posts()
        self.tasks = defaultdict(list)
        tasks = Task.objects.filter(member__in=self.members, year=self.cycle.year)
        for task in tasks.exclude(state__in=[TaskState.DRAFT, TaskState.CANCELLED]).order_by(
            "due_on", "code"
        ):
            self.tasks[task.member_id].append(task)
        self.headed = self._headed()
        self.revisions = defaultdict(list)
        for decision in Decision.objects.filter(appraisal__in=self.appraisals).order_by("revision"):
            self.revisions[decision.appraisal_id].append(decision)

    def _posts(self):
        return posts_of(self.members, issuer=self.cycle.organization, on=self.on)

    def _headed(self):
        """{member: [“organization: its level of the year”]} of those that they head."""
        posts = Position.objects.valid_on(self.on).filter(member__in=self.members, rank__in=HEADS)
        posts = list(posts.select_related("organization").order_by("organization__code"))
        as_of((post.organization for post in posts), on=self.on)
        rated = OrganizationRating.objects.filter(
            organization__in={post.organization_id for post in posts}, year=self.cycle.year
        )
        levels = dict(rated.values_list("organization", "level"))
        found = defaultdict(list)
        with override(LANGUAGE):
            for post in posts:
                level = _level(levels.get(post.organization_id, ""))
                found[post.member_id].append(f"{post.organization}: {level}.")
        return found

    def fields(self, appraisal, kind):
        """The fields of a paper in Vietnamese; None where there is nothing to put on it: no
        re-rating."""
        with override(LANGUAGE):
            if kind == DocumentKind.RE_RATING:
                return self._re_rating(appraisal)
            fields = self._head(appraisal) | self._person(appraisal)
            if kind == DocumentKind.DOSSIER:
                return fields | {"danh_muc": self._contents(appraisal)}
            fields |= self._own(appraisal)
            return fields if kind == DocumentKind.SELF_RATING else fields | self._review(appraisal)

    def _head(self, appraisal):
        unit, branch = appraisal.cycle_branch.unit, appraisal.cycle_branch.branch
        review = getattr(appraisal, "self_review", None)
        handed_in = review.submitted_at if review else None
        day = timezone.localdate(handed_in) if handed_in else None
        return {
            "cap_tren": "" if unit.pk == branch.pk else str(unit).upper(),
            "co_quan": str(branch).upper(),
            "dia_danh": place_of(str(unit)),
            "ngay_thang": day_in_words(day) if day else f"ngày      tháng      năm {'':6}",
            "trich_yeu": f"Năm {self.cycle.year}",
        }

    def _person(self, appraisal):
        member = appraisal.member
        return {
            "nam": str(self.cycle.year),
            "ho_ten": member.full_name,
            "ngay_sinh": _day(member.birth_date),
            "ngay_vao_dang": _day(member.admitted_on),
            "ngay_chinh_thuc": _day(member.official_on),
            "chuc_vu": self.posts.get(member.pk) or "đảng viên",
            "nghe_nghiep": member.occupation or WRITTEN_IN_PEN,
            "don_vi": str(appraisal.cycle_branch.unit),
        }

    def _own(self, appraisal):
        review = getattr(appraisal, "self_review", None)
        points = review.points if review else {}
        groups = self.cycle.scheme.definition["groups"]
        given = [Decimal(points[group["key"]]) for group in groups if points.get(group["key"])]
        return {
            "theo_doi": self._followed(appraisal.rating),
            "nhom_diem": [
                {
                    "ten": group.get("name_vi", group["key"]),
                    "toi_da": number(Decimal(str(group["points"]))),
                    "tu_cham": number(Decimal(points[group["key"]]))
                    if points.get(group["key"])
                    else "",
                }
                for group in groups
            ],
            "tong_tu_cham": number(sum(given)) if given else WRITTEN_IN_PEN,
            "muc_tu_nhan": _level(review.level if review else ""),
            "nhiem_vu_nam": [
                {
                    "stt": str(place),
                    "noi_dung": task.title,
                    "han": _day(task.due_on),
                    "ket_qua": str(task.get_outcome_display() or task.get_state_display()),
                }
                for place, task in enumerate(self.tasks[appraisal.member_id], start=1)
            ],
        }

    def _followed(self, rating):
        if rating is None:
            return WRITTEN_IN_PEN
        parts = [f"dự sinh hoạt {rating.present}/{rating.held} buổi"]
        if rating.excused or rating.unexcused:
            parts.append(f"vắng có lý do {rating.excused}, không có lý do {rating.unexcused}")
        if rating.duty_required:
            parts.append(
                f"dự sinh hoạt với nơi được phân công {rating.duty_credited}/"
                f"{rating.duty_required} lần"
            )
        return "; ".join(parts) + "."

    def _review(self, appraisal):
        review = getattr(appraisal, "self_review", None)
        proposed = {each.step: each.level for each in appraisal.proposals.all()}
        decided = appraisal.level if self.with_decisions else ""
        texts = {
            "uu_diem": "strengths",
            "han_che": "shortcomings",
            "nguyen_nhan": "causes",
            "khac_phuc": "mended",
            "phuong_huong": "plans",
        }
        return {
            **{
                name: _lines(getattr(review, column) if review else "")
                for name, column in texts.items()
            },
            "ket_qua_don_vi": self.headed.get(appraisal.member_id) or [WRITTEN_IN_PEN],
            "muc_chi_uy": _level(proposed.get("proposal", "") if self.with_decisions else ""),
            "muc_chi_bo": _level(appraisal.voted_level if self.with_decisions else ""),
            "muc_quyet_dinh": _level(decided),
        }

    def _re_rating(self, appraisal):
        revisions = self.revisions[appraisal.pk]
        if not revisions or revisions[-1].cause != Cause.RE_RATING or not self.with_decisions:
            return None
        new, before = revisions[-1], revisions[-2]
        unit = appraisal.cycle_branch.unit
        place, _signing, post, signer = suggest_letterhead(unit, on=new.decided_on)
        head = Letterhead(
            day=new.decided_on,
            number=new.document or NO_NUMBER,
            place=place,
            summary=f"về việc đánh giá, xếp loại lại năm {self.cycle.year}",
            signing=STANDING,
            signer_post=post,
            signer=signer,
            grounds=[
                "Căn cứ Điều lệ Đảng Cộng sản Việt Nam;",
                "Căn cứ Quy định số 366-QĐ/TW, ngày 30/8/2025 của Bộ Chính trị;",
                "Căn cứ Hướng dẫn số 43-HD/BTCTW, ngày 31/10/2025 của Ban Tổ chức Trung ương.",
            ],
            recipients=["Như Điều 3,", "Lưu Văn phòng."],
        )
        return common(unit, head) | {
            "nam": str(self.cycle.year),
            "ho_ten": appraisal.member.full_name,
            "chi_bo": str(appraisal.cycle_branch.branch),
            "muc_cu": _level(before.level),
            "muc_moi": _level(new.level),
            "ly_do": new.reason,
            "ngay_cu": _day(before.decided_on),
            "thay_doi": [
                {
                    "stt": str(place),
                    "noi_dung": _fact(change["fact"]),
                    "truoc": _value(change["before"]),
                    "sau": _value(change["after"]),
                }
                for place, change in enumerate(new.changes, start=1)
            ],
        }

    def _contents(self, appraisal):
        """What the dossier holds (QĐ 366-QĐ/TW, Điều 17), as far as the records know."""
        review = getattr(appraisal, "self_review", None)
        comments = {each.kind: each for each in appraisal.comments.all()}
        rows = [
            ("Bản kiểm điểm, tự đánh giá, xếp loại", bool(review and review.submitted_at), ""),
            *((f"Nhận xét: {kind.label}", *_received(comments.get(kind))) for kind in CommentKind),
            ("Biên bản kiểm phiếu của chi bộ", bool(appraisal.vote_counts.all()), ""),
            ("Tổng hợp đề xuất của cấp ủy", bool(appraisal.proposals.all()), ""),
        ]
        decided = self.revisions[appraisal.pk] if self.with_decisions else []
        for decision in decided:
            rows.append(
                (
                    f"{decision.get_cause_display()}: {_level(decision.level)}",
                    True,
                    f"{decision.document} {_day(decision.decided_on)}".strip(),
                )
            )
        return [
            {"stt": str(place), "ten": name, "co": "Có" if there else "Không", "ghi_chu": note}
            for place, (name, there, note) in enumerate(rows, start=1)
        ]


def _received(comment):
    if comment is None:
        return False, ""
    if comment.not_needed:
        return False, comment.not_needed
    return comment.received_on is not None, _day(comment.received_on)


FACTS = {
    "held": "Số buổi phải dự",
    "present": "Có mặt",
    "excused": "Vắng có lý do",
    "unexcused": "Vắng không có lý do",
    "unrecorded": "Chưa ghi",
    "duty_required": "Số lần phải dự nơi phân công",
    "duty_credited": "Số lần đã dự nơi phân công",
    "tasks_total": "Số nhiệm vụ",
    "tasks_exceeded": "Nhiệm vụ vượt mức",
    "tasks_met": "Nhiệm vụ hoàn thành",
    "tasks_late": "Nhiệm vụ chậm",
    "tasks_unmet": "Nhiệm vụ không hoàn thành",
    "disciplines": "Kỷ luật",
    "score": "Điểm",
    "level": "Mức trước khi tính tỷ lệ",
    "suggested_level": "Mức gợi ý",
}


def _fact(name):
    criterion = name.removeprefix("points_")
    if criterion in Criterion.values:
        return f"Điểm: {Criterion(criterion).label}"
    return FACTS.get(name, name)


def _value(value):
    if value in Level.values:
        return str(Level(value).label)
    return "" if value is None else str(value).replace(".", ",")
