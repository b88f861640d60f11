"""What the minutes of a meeting say, from its roster and what the secretary wrote."""

from django.utils.translation import override

from branches.as_of import as_of
from branches.choices import ActivityStatus, AttendanceStatus, Capacity
from branches.minutes import OFFICIAL, PROBATIONARY, TEMPORARY, figures_of
from branches.models import Organization

from ..choices import OpinionState
from ..opinions.page import at_meeting
from .content import BRANCH, LANGUAGE, Letterhead, day_in_words, place_of, posts_of

KINDS = {
    "regular": "Sinh hoạt thường kỳ",
    "thematic": "Sinh hoạt chuyên đề",
    "extraordinary": "Họp bất thường",
    "residents": "Họp Nhân dân",
}


def letterhead_of(meeting, minutes):
    """The head of the minutes: those of the branch, of the day of the meeting."""
    day, kind = meeting.held_on, KINDS[meeting.kind].lower()
    return Letterhead(
        day=day,
        number=minutes.number or "      -BB/CB",
        place=place_of(str(_nearest(meeting.branch, on=day))),
        summary=f"{kind} tháng {day.month} năm {day.year}",
        signing=BRANCH,
        signer_post="CHỦ TỌA",
        signer=_name(minutes.chair),
        grounds=[],
        recipients=[],
    )


def _nearest(branch, *, on):
    """What stands directly above the branch: it is called by its place, a branch often is not."""
    return as_of(Organization.objects.above(branch, on=on)[-2:], on=on)[0]


def minuted(meeting, minutes):
    """The fields of the minutes beside those that every document has."""
    with override(LANGUAGE):
        return {
            "loai_hop": KINDS[meeting.kind],
            "ngay_hop": day_in_words(meeting.held_on),
            "gio_khai_mac": _hour(minutes.opened_at),
            "gio_be_mac": _hour(minutes.closed_at),
            "dia_diem": minutes.place,
            "chu_toa": _name(minutes.chair),
            "thu_ky": _name(minutes.recorder),
            **_roster(figures_of(meeting)),
            "khach_moi": [*_cadres(meeting), *_lines(minutes.guests)],
            "chuong_trinh": _lines(minutes.agenda),
            "thao_luan": _lines(minutes.discussion),
            "y_kien": _opinions(meeting),
            "ket_luan": _lines(minutes.conclusions),
            "so_nghi_quyet": meeting.resolution_number,
            "nghi_quyet": _lines(minutes.resolution),
            **_votes(minutes),
        }


def _roster(figures):
    return {
        "tong_so": str(figures.all),
        "chinh_thuc": str(figures.total[OFFICIAL]),
        "du_bi": str(figures.total[PROBATIONARY]),
        "sinh_hoat_tam": str(figures.total[TEMPORARY]),
        "mien": str(figures.excepted[ActivityStatus.EXEMPT]),
        "tam_vang": str(figures.excepted[ActivityStatus.AWAY]),
        "dinh_chi": str(figures.excepted[ActivityStatus.SUSPENDED]),
        "co_mat": str(figures.came),
        "co_mat_chinh_thuc": str(figures.present[OFFICIAL]),
        "co_mat_du_bi": str(figures.present[PROBATIONARY]),
        "co_mat_tam": str(figures.present[TEMPORARY]),
        "so_vang_co_ly_do": str(len(figures.excused)),
        "vang_co_ly_do": [{"ho_ten": name, "ly_do": reason} for name, reason in figures.excused],
        "so_vang_khong_ly_do": str(len(figures.unexcused)),
        "vang_khong_ly_do": figures.unexcused,
        "chua_ghi": figures.unrecorded,
    }


def _cadres(meeting):
    """The assigned cadres who were there, with their posts."""
    rows = meeting.attendance.filter(
        capacity=Capacity.ASSIGNED, status=AttendanceStatus.PRESENT
    ).select_related("member")
    rows = list(rows.order_by("member__sort_key", "member__code"))
    posts = posts_of([row.member_id for row in rows], issuer=meeting.branch, on=meeting.held_on)
    named = ((row.member.full_name, posts.get(row.member_id)) for row in rows)
    return [f"{name}, {post}" if post else name for name, post in named]


def _opinions(meeting):
    """Those raised at the meeting, as of its day: an answer that came later is not in them."""
    return [
        {"noi_dung": f"{row.topic}: {row.content}", "xu_ly": _handled(row)}
        for row in at_meeting(meeting, on=meeting.held_on).raised
    ]


def _handled(opinion):
    if opinion.state_on == OpinionState.ANSWERED:
        return f"đã trả lời: {opinion.answer_on}"
    return f"chuyển {opinion.body}" if opinion.body else ""


def _votes(minutes):
    """Counted as soon as one of the three is."""
    votes = (minutes.votes_for, minutes.votes_against, minutes.votes_abstained)
    counted = any(vote is not None for vote in votes)
    names = ("tan_thanh", "khong_tan_thanh", "y_kien_khac")
    return {
        name: str(vote or 0) if counted else "" for name, vote in zip(names, votes, strict=True)
    }


def _lines(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _name(member):
    return member.full_name if member else ""


def _hour(time):
    return f"{time:%H} giờ {time:%M}" if time else ""
