"""What the browser looks at: a ward with every kind of row, rolled up, and its leader."""

from datetime import UTC, date, datetime

from accounts.choices import Role
from assignments.models import Opinion
from evaluations.services.roll_ups import roll_up_inline
from evaluations.services.schemes import load_schemes
from tests import builders as make

LEADER = "lanhdao"
NOON = datetime(2019, 1, 5, 12, tzinfo=UTC)


def make_rated_district():
    """A district of two wards with ratings of 2018; returns it."""
    load_schemes()
    district = make.make_organization("district", code="BT", name="Quận ủy Bình Thủy")
    _office, (desk,) = make.make_ward("CQ", parent=district)
    cadre = make.make_member(desk, full_name="Trần Văn Hải", person_class="leader")
    make.make_position(cadre, district, title="Ủy viên Ban Thường vụ")
    directive = make.make_directive(district, number="02-NQ/QU")
    for number, name in enumerate(("An Thới", "Long Tuyền"), start=1):
        ward = make.make_organization(
            "grassroots_committee",
            code=f"P{number}",
            name=f"Đảng ủy phường {name}",
            parent=district,
        )
        for area in range(1, 4):
            branch = make.make_organization(
                code=f"P{number}-{area}",
                name=f"Chi bộ khu vực {area}, Đảng ủy phường {name}",
                parent=ward,
            )
            _fill(branch, cadre, directive)
    make.make_meeting(desk, date(2018, 1, 3))
    user = make.make_user(LEADER)
    make.grant(user, Role.LEADER, district)
    roll_up_inline(district, year=2018, at=NOON)
    return district


def _fill(branch, cadre, directive):
    people = [
        make.make_member(branch, full_name=f"{name} {branch.code}")
        for name in ("Nguyễn Thị Ánh", "Đỗ Văn Bình", "Lê Thị Cúc", "Phạm Văn Dũng")
    ]
    meetings = [make.make_meeting(branch, date(2018, month, 3)) for month in range(1, 7)]
    for meeting in meetings:
        for member in people[:3]:
            make.attend(meeting, member)
    assignment = make.make_assignment(cadre, branch, directive=directive, visits_due=1)
    make.attend(meetings[0], cadre, capacity="assigned")
    make.make_review(assignment, 2018, "good")
    make.make_task(cadre, branch, 2018, assignment=assignment, title="Giúp hộ nghèo")
    for member, outcome in zip(people, ("exceeded", "met", "late", "unmet"), strict=True):
        make.make_task(member, branch, 2018, outcome=outcome, title="Vận động hội viên")
    make.make_deduction(people[1], date(2018, 4, 1), 3)
    make.make_status(people[3], since=date(2018, 6, 1))
    Opinion.objects.create(
        code=f"Y-{branch.code}",
        meeting=meetings[0],
        topic="Giao thông",
        content="Đường hẻm hẹp",
        state="answered",
    )
