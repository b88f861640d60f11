"""What a document says, as plain values by the names of fields.py; names are those of the day."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import override

from branches.as_of import as_of
from branches.choices import OrganizationKind, Rank
from branches.models import Organization, Position
from branches.periods import first_day, last_day, period, seen_on
from branches.templatetags.numbers import number

from ..choices import AssignmentRole
from ..models import Indicator, Task

LANGUAGE = "vi"  # of the documents, whoever makes them
COMMITTEE, STANDING, BRANCH = "committee", "standing", "branch"
RANKS = {Rank.SECRETARY: "BÍ THƯ", Rank.BRANCH_SECRETARY: "BÍ THƯ"}
DEPUTIES = {Rank.DEPUTY_SECRETARY: "PHÓ BÍ THƯ", Rank.BRANCH_DEPUTY: "PHÓ BÍ THƯ"}
# Before the name of a place: what is left of an organization's name then.
PLACE_WORDS = ("phường", "xã", "thị trấn", "quận", "huyện", "thành phố", "thị xã", "tỉnh")


@dataclass(frozen=True)
class Letterhead:
    """What the one who makes the document says of its head and foot.

    signing   on whose behalf it is signed: COMMITTEE, STANDING or BRANCH
    grounds, recipients  lines
    """

    day: date
    number: str
    place: str
    summary: str
    signing: str
    signer_post: str
    signer: str
    grounds: list[str]
    recipients: list[str]


def suggest_letterhead(issuer, *, on):
    """(place, signing, post and name of who signs) as the records of the day have them."""
    as_of([issuer], on=on)
    posts = Position.objects.valid_on(on).filter(organization=issuer).select_related("member")
    held = {post.rank: post.member.full_name for post in posts.order_by("-pk")}
    found = next((rank for rank in [*RANKS, *DEPUTIES] if rank in held), None)
    signing = BRANCH if issuer.kind_on == OrganizationKind.BRANCH else STANDING
    post = (RANKS | DEPUTIES).get(found, "BÍ THƯ")
    return place_of(issuer.name_on), signing, post, held.get(found, "")


def place_of(name):
    """The place in the name of an organization: of “Đảng ủy phường Ba Láng”, Ba Láng."""
    place = " ".join(name.split()[2:])
    for word in PLACE_WORDS:
        if place.lower().startswith(f"{word} "):
            return place[len(word) + 1 :]
    return place or name


def common(issuer, head):
    """The fields that every document has, as the records of its day have them."""
    as_of([issuer], on=head.day)
    above = as_of(Organization.objects.above(issuer, on=head.day)[:-1], on=head.day)
    body = " ".join(str(issuer).split()[:2])  # Quận ủy, Đảng ủy, Chi bộ
    named = {
        STANDING: ("BAN THƯỜNG VỤ", f"BAN THƯỜNG VỤ {issuer}"),
        COMMITTEE: (body.upper(), f"BAN CHẤP HÀNH {issuer}"),
        BRANCH: (body.upper(), str(issuer)),
    }
    on_behalf, authority = named[head.signing]
    return {
        "cap_tren": str(above[-1]).upper() if above else "",
        "co_quan": str(issuer).upper(),
        "so_ky_hieu": head.number,
        "dia_danh": head.place,
        "ngay_thang": day_in_words(head.day),
        "trich_yeu": head.summary,
        "tham_quyen": authority.upper(),
        "thay_mat": f"T/M {on_behalf}",
        "chuc_vu_ky": head.signer_post.upper(),
        "nguoi_ky": head.signer,
        "can_cu": head.grounds,
        "noi_nhan": head.recipients,
    }


def day_in_words(day):
    """ngày 05 tháng 3 năm 2026: days below 10 and the months 1 and 2 with a nought."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def assigned(assignments, *, issuer, on, today):
    """The fields of documents of the day `on` that list assignments (a queryset)."""
    rows = list(
        assignments.select_related("member", "target").order_by(
            "target__code", "member__sort_key", "code"
        )
    )
    as_of((row.target for row in rows), on=on)
    posts = posts_of([row.member_id for row in rows], issuer=issuer, on=on)
    with override(LANGUAGE):
        listed = [
            {
                "stt": str(place),
                "ho_ten": row.member.full_name,
                "chuc_vu": posts.get(row.member_id, ""),
                "noi_phu_trach": str(row.target),
                "vai_tro": str(AssignmentRole(row.role).label),
                "so_lan_du": visits_in_words(row),
                "tu_ngay": _day(first_day(row.validity)),
                "den_ngay": _day(last_day(seen_on(row.validity, on=on, today=today))),
            }
            for place, row in enumerate(rows, start=1)
        ]
    return {"phan_cong": listed, "tong_so": str(len(listed))}


def planned(team, assignments, *, user, today, on):
    """The fields of the plan of a team in the year of the day.

    assignments  those of the team (a queryset) that the user sees
    """
    year, issuer = on.year, team.directive.issuer
    rows = list(
        assignments.valid_on(on)
        .exclude(role=AssignmentRole.TEAM_LEADER)
        .select_related("member", "target")
        .order_by("target__code", "code")
    )
    as_of([team.target, *(row.target for row in rows)], on=on)
    people = [team.leader_id, *(row.member_id for row in rows)]
    posts = posts_of(people, issuer=issuer, on=on)
    indicators = Indicator.objects.of_year(year).filter(organization=team.target_id)
    tasks = (
        Task.objects.visible_to(user, on=today)
        .counted()
        .filter(assignment__team=team, year=year)
        .select_related("member")
    )
    with override(LANGUAGE):
        return {
            "nam": str(year),
            "doan": team.name,
            "noi_den": str(team.target),
            "truong_doan": team.leader.full_name,
            "chuc_vu_truong_doan": posts.get(team.leader_id, ""),
            "van_ban": document_in_words(team.directive),
            "thanh_vien": [
                {
                    "stt": str(place),
                    "ho_ten": row.member.full_name,
                    "chuc_vu": posts.get(row.member_id, ""),
                    "chi_bo": "" if row.target_id == team.target_id else str(row.target),
                    "so_lan_du": visits_in_words(row),
                }
                for place, row in enumerate(rows, start=1)
            ],
            "chi_tieu": [
                {
                    "stt": str(place),
                    "ten": row.name,
                    "muc_giao": number(row.target),
                    "don_vi": row.unit,
                }
                for place, row in enumerate(indicators.order_by("name"), start=1)
            ],
            "nhiem_vu": [
                {
                    "stt": str(place),
                    "noi_dung": row.title,
                    "nguoi": row.member.full_name,
                    "han": _day(row.due_on),
                }
                for place, row in enumerate(tasks.order_by("due_on", "code"), start=1)
            ],
        }


def posts_of(members, *, issuer, on):
    """{member id: the post on the day}: the highest at the issuer, else the highest anywhere."""
    order = {rank: place for place, rank in enumerate(Rank.values)}
    posts = Position.objects.valid_on(on).filter(member__in=members)
    found = {}
    for post in sorted(
        posts, key=lambda post: (post.organization_id != issuer.pk, order[post.rank], post.pk)
    ):
        found.setdefault(post.member_id, post.title)
    return found


def document_in_words(directive):
    """Quyết định số 15-QĐ/QU, ngày 01/03/2016."""
    with override(LANGUAGE):
        kind = directive.get_kind_display()
        return f"{kind} số {directive.number}, ngày {_day(directive.issued_on)}"


def visits_in_words(assignment):
    """2 lần/tháng."""
    with override(LANGUAGE):
        each = assignment.get_visits_period_display().lower()
    return f"{assignment.visits_due} lần/{each}" if assignment.visits_due else ""


def not_ended(assignments, *, on, today):
    """Assignments valid on the day or later: what a decision of the day says.

    One of a past day knows of none that began after it. But a decision is issued before it takes
    effect: where nobody was assigned on the day yet, it names those of the first day after it.
    """
    rows = assignments.valid_in(period(on))
    if on >= today or rows.valid_on(on).exists():
        return rows.told(on=on, today=today)
    began = rows.order_by("validity").values_list("validity", flat=True).first()
    return rows.told(on=first_day(began), today=today) if began else rows


def _day(day):
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""
