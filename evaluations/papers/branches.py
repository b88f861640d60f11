"""Papers of a branch: its ballots and the minutes of a count; and summaries of many."""

from collections import defaultdict

from django.db.models import Count, F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import override

from assignments.choices import Level
from assignments.documents.content import (
    LANGUAGE,
    STANDING,
    Letterhead,
    common,
    day_in_words,
    place_of,
    suggest_letterhead,
)
from branches.as_of import as_of
from branches.models import Organization
from branches.templatetags.numbers import number

from ..models import VoteCount

BLANK = ""
PASSED_OVER = "–"  # a level that this ballot does not vote on
COLUMNS = {"xuat_sac": "excellent", "tot": "good", "hoan_thanh": "completed", "khong": "failed"}
DECIDED, SUGGESTED = "decided", "suggested"
COUNTED = {DECIDED: "mức đã quyết định", SUGGESTED: "mức được gợi ý"}


def _head(cycle_branch, *, ngay_thang):
    cycle = cycle_branch.cycle
    as_of([cycle_branch.branch, cycle_branch.unit], on=cycle.cut_off)
    unit, branch = cycle_branch.unit, cycle_branch.branch
    return {
        "cap_tren": "" if unit.pk == branch.pk else str(unit).upper(),
        "co_quan": str(branch).upper(),
        "dia_danh": place_of(str(unit)),
        "ngay_thang": ngay_thang,
        "trich_yeu": f"chất lượng đảng viên năm {cycle.year}",
    }


def ballot_fields(cycle_branch, *, second):
    """The fields of a ballot of the branch: all who are to be rated, or those voted good."""
    rows = cycle_branch.appraisals.to_be_rated()
    if second:
        rows = rows.filter(voted_level__in=[Level.GOOD, Level.EXCELLENT])
    names = rows.order_by("member__sort_key", "member__code").values_list(
        "member__full_name", flat=True
    )
    named = [
        {"stt": str(place), "ho_ten": name} for place, name in enumerate(names.iterator(), start=1)
    ]
    fields = _head(cycle_branch, ngay_thang="ngày      tháng      năm      ")
    if second:
        blank = {"dong_y": BLANK, "khong_dong_y": BLANK}
        return fields | {"phieu_chon": [row | blank for row in named]}
    without_excellent = cycle_branch.cycle.second_ballot
    blank = dict.fromkeys(COLUMNS, BLANK)
    guide = ""
    if without_excellent:
        blank["xuat_sac"] = PASSED_OVER
        guide = "Mức xuất sắc được bình chọn ở phiếu thứ hai, trong số được xếp mức tốt."
    return fields | {"huong_dan": guide, "phieu_muc": [row | blank for row in named]}


def count_fields(vote):
    """The fields of the minutes of a count."""
    rows = VoteCount.objects.filter(vote=vote).select_related("appraisal__member")
    rows = rows.order_by("appraisal__member__sort_key", "appraisal__member__code")
    cycle_branch = vote.cycle_branch
    with override(LANGUAGE):
        return _head(cycle_branch, ngay_thang=day_in_words(vote.held_on)) | {
            "ngay_hop": day_in_words(vote.held_on),
            "to_kiem_phieu": vote.tellers or "…………………………",
            "trieu_tap": str(vote.convened),
            "tam_vang": str(vote.away),
            "mien_vang": str(vote.absent_exempt),
            "co_so": str(vote.base),
            "co_mat": str(vote.present),
            "nguong": f"{number(100 * cycle_branch.cycle.vote_share)} %",
            "phat_ra": str(vote.issued),
            "thu_ve": str(vote.returned),
            "hop_le": str(vote.returned - vote.invalid),
            "khong_hop_le": str(vote.invalid),
            "ket_qua_phieu": [
                {
                    "stt": str(place),
                    "ho_ten": row.appraisal.member.full_name,
                    **{name: str(getattr(row, column)) for name, column in COLUMNS.items()},
                    "trong": str(row.blank),
                    "muc": str(row.appraisal.get_voted_level_display()),
                }
                for place, row in enumerate(rows, start=1)
            ],
        }


def count_levels(appraisals, *, of):
    """[(unit, {level: number, "all": …, "rated": …, "none": …})] by code, one query for the
    counts; of: DECIDED levels, or SUGGESTED ones."""
    level = F("decision__level") if of == DECIDED else F("suggested_level")
    rows = (
        appraisals.order_by()
        .annotate(counted=Coalesce(NullIf(level, Value("")), Value("none")))
        .values("cycle_branch__unit", "counted")
        .annotate(number=Count("pk"))
    )
    counts = defaultdict(lambda: dict.fromkeys(["all", "rated", "none", *Level.values], 0))
    for unit, level_counted, number_ in rows.values_list("cycle_branch__unit", "counted", "number"):
        found = counts[unit]
        found["all"] += number_
        found[level_counted] += number_
        found["rated"] += number_ if level_counted != "none" else 0
    units = Organization.objects.filter(pk__in=counts).order_by("code")
    return [(unit, counts[unit.pk]) for unit in units]


def summary_fields(cycle, appraisals, *, of, day):
    """The fields of the summary table: a row a unit, and all together."""
    counted = count_levels(appraisals, of=of)
    as_of((unit for unit, _numbers in counted), on=cycle.cut_off)
    issuer = cycle.organization
    place, _signing, post, signer = suggest_letterhead(issuer, on=day)
    head = Letterhead(
        day=day,
        number="      -BC/ĐU",
        place=place,
        summary=f"kết quả đánh giá, xếp loại chất lượng đảng viên năm {cycle.year}",
        signing=STANDING,
        signer_post=post,
        signer=signer,
        grounds=[],
        recipients=["Cấp ủy cấp trên,", "Lưu Văn phòng."],
    )
    together = {
        key: sum(numbers[key] for _unit, numbers in counted)
        for key in ("all", "rated", "none", *Level.values)
    }
    rows = [(str(unit), numbers) for unit, numbers in counted] + [("Cộng", together)]
    with override(LANGUAGE):
        return common(issuer, head) | {
            "bo_tieu_chi": cycle.scheme.name,
            "so_lieu": COUNTED[of],
            "tong_hop": [
                {
                    "ten": name,
                    "tong": number(numbers["all"]),
                    "duoc_xep": number(numbers["rated"]),
                    **{key: number(numbers[level]) for key, level in COLUMNS.items()},
                    "chua": number(numbers["none"]),
                }
                for name, numbers in rows
            ],
        }
