"""The two districts, and an account of each kind in the first."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from time import time

from django.db import transaction
from django.test import Client

from accounts.choices import Role
from accounts.models import Grant, User
from assignments.models import Opinion
from branches.periods import period
from evaluations.models import Objection, Rating
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests import paper_builders as papers

from .cycles import add_cycle
from .schemes import add_scheme

FOREIGN = 7_000_001
MARK, CODE_MARK = "Kỳngoại", "ZQXHUYEN"
YEAR = 2018
LATELY = 2025
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
HELD_ON = date(YEAR, 3, 3)
PLANNED_ON = date(YEAR, 4, 3)

ROLES = tuple(Role.values)
MEMBER, NOBODY, ANONYMOUS = "member", "nobody", "anonymous"


@dataclass
class Half:
    """A district with one ward, one branch, one member with work of their own that the district
    gave and a colleague with some that the ward gave, and an account that an administrator of the
    ward looks after."""

    district: object
    ward: object
    branch: object
    member: object
    directive: object
    team: object
    assignment: object
    meeting: object
    task: object
    own_assignment: object  # of the ward, whose board may change it
    ended_assignment: object  # another one, whose ending can be taken back
    user: object
    grant: object
    twin: object  # who may be the member once more, and belongs to no branch today
    closed: object  # a branch that ended
    status: object = None
    discipline: object = None
    position: object = None  # at the ward, whose board may change it
    term: object = None
    job: object = None
    roll_up: object = None
    reorganization: object = None
    rating: object = None
    attachment: object = None  # of the ward's directive
    ward_team: object = None  # under it
    indicator: object = None  # of the ward
    template: object = None
    assigning: object = None  # a save in which the ward's board assigned a colleague

    quality_form: object = None  # of the ward, by which its branch scored the meeting
    heard: object = None  # a meeting of the branch that the member visits
    opinion: object = None  # referred to the ward
    resolved: object = None  # one that the ward answered, of which the branch was not told
    objection: object = None  # of the member, to the task

    upload: object = None  # a workbook that was imported for the ward
    heading: object = None  # that the ward remembers
    plan: object = None  # of a meeting of the branch that was not held
    visited: object = None  # another branch, to which the member is assigned
    visiting: object = None  # the assignment to it
    visit: object = None  # that the member logged there, with a photo
    draft: object = None  # a task that the member has not registered yet
    promised: object = None  # one that they did
    reported: object = None  # one that waits for the ward
    evidence: object = None  # that was sent with it
    confirmed: object = None  # one that the ward confirmed
    colleagues_task: object = None  # under the assignment that the ward gave
    branch_task: object = None  # that the branch gave a colleague without an account
    branch_reported: object = None  # one that waits for the branch
    scheme: object = None  # a draft of the ward
    cycle: object = None  # of the ward and the year that is rated, as far as the vote
    cycle_branch: object = None
    appraisal: object = None  # of the member
    self_review: object = None
    comment: object = None  # that is waited for
    proposal: object = None

    @property
    def organizations(self):
        return (self.district, self.ward, self.branch)


@dataclass
class World:
    """`users` holds one account for each role and for MEMBER, NOBODY and ANONYMOUS (None)."""

    own: Half
    other: Half
    users: dict = field(default_factory=dict)


@transaction.atomic  # as requests are, and for one commit
def make_world():
    own = _make_half("D", "Hậu Giang", {})
    other = _make_half(CODE_MARK, MARK, {"pk": FOREIGN})
    return World(own, other, _make_users(own))


def make_clients(world):
    """{who: a client signed in as the account}; an error of the server is raised in the test."""
    clients = {}
    for who, user in world.users.items():
        clients[who] = Client()
        if user:
            clients[who].force_login(user)
            _confirm(clients[who], user)
    return clients


def _confirm(client, user):
    """As if the password had just been typed: some pages ask for it again after a while."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def _make_users(half):
    users = {MEMBER: make.make_user("member", member=half.member), NOBODY: make.make_user("nobody")}
    for role in ROLES:
        users[role] = make.make_user(role)
        make.grant(users[role], role, half.ward)
    return users | {ANONYMOUS: None}


def _make_half(code, name, pk):
    """`pk` is {"pk": …} for the one row of each kind that has a page, or {}."""
    district = make.make_organization("district", code=code, name=f"Huyện ủy {name}")
    ward = make.make_organization(
        "grassroots_committee", parent=district, code=f"{code}-W", name=f"Đảng ủy {name}"
    )
    branch = make.make_organization(parent=ward, code=f"{code}-W-1", name=f"Chi bộ {name}", **pk)
    member = make.make_member(branch, code=f"{code}M1", full_name=f"Phạm {name}", **pk)
    make.make_position(member, district, title=f"Ủy viên {name}")
    work = _make_work(code, name, pk, (district, ward, branch), member)
    closed = make.make_organization(
        parent=ward, code=f"{code}-W-0", name=f"Chi bộ cũ {name}", until=date(2010, 6, 30)
    )
    twin = make.make_member(branch, code=f"{code}TWIN", full_name=f"Phạm {name}")
    twin.memberships.update(validity=period(make.LONG_AGO, date(2010, 6, 30)))
    user = User.objects.create_user(f"{code.lower()}-user", f"{code.lower()}@example.org", **pk)
    half = Half(
        district,
        ward,
        branch,
        member,
        *work,
        user,
        Grant.objects.create(
            user=user, role=Role.SECRETARY, organization=branch, validity=period(None), **pk
        ),
        twin,
        closed,
    )
    _add_posts(half, name, pk)
    _make_papers(half, code, name, pk)
    half.assigning = make.make_assigning(half.own_assignment, by=half.user, organization=ward, **pk)
    half.reorganization = make.make_reorganization(branch, what=f"Chi bộ {name}", **pk)
    half.upload = make.make_import(
        ward, half.user, name=f"{code}.xlsx", heading=f"Cột {name}", **pk
    )
    half.heading = make.make_heading(ward, f"Cột {name}", **pk)
    half.plan = make.make_plan(branch, PLANNED_ON, place=f"Nhà văn hóa {name}", **pk)
    _make_visits(half, code, name, pk)
    _make_opinions(half, code, name, pk)
    _make_minutes(half, name, pk)
    _make_tasks(half, code, name, pk)
    _make_branch_tasks(half, code, name, pk)
    half.roll_up = roll_up_inline(ward, year=YEAR, at=NOON)
    half.rating = Rating.objects.get(roll_up=half.roll_up, member=member)
    half.objection = Objection.objects.create(
        member=member,
        year=YEAR,
        criterion="tasks",
        task=half.task,
        body=branch,
        text=f"Việc {name} xong rồi",
        raised_at=NOON,
        **pk,
    )
    add_cycle(half, name, pk, year=YEAR, at=NOON)
    add_scheme(half, name, pk, year=YEAR, at=NOON)
    return half


def _add_posts(half, name, pk):
    """What the board enters of members and committees, none of it in the year that is rated."""
    lately = {"since": date(2024, 1, 1), "until": date(2024, 6, 30)}
    half.status = make.make_status(half.member, **lately, reason=f"Ốm {name}", **pk)
    half.discipline = make.make_discipline(half.member, date(2024, 1, 1), note=name, **pk)
    half.position = make.make_position(
        half.member, half.ward, title=f"Bí thư {name}", **lately, **pk
    )
    half.term = make.make_term(half.ward, name=f"Nhiệm kỳ {name}", since=date(2024, 1, 1), **pk)
    half.job = make.make_job(half.ward, title=f"Bí thư {name}", since=date(2024, 1, 1), **pk)


def _make_papers(half, code, name, pk):
    """What hangs on the directive that the ward issued itself."""
    directive = half.own_assignment.directive
    half.attachment = papers.attach(directive, name=f"{name}.pdf", **pk)
    make.make_position(half.member, half.ward, title=f"Ủy viên phường {name}")
    team_pk = {name: value + 1 for name, value in pk.items()}  # after the district's team
    half.ward_team = make.make_team(
        directive, half.branch, half.member, code=f"{code}T2", name=f"Tổ {name}", **team_pk
    )
    half.template = papers.make_template(half.ward, name=f"{name}.docx", **team_pk)
    half.indicator = papers.make_indicator(half.branch, YEAR, name=f"Hộ nghèo {name}", **pk)


def _make_visits(half, code, name, pk):
    """A branch that the member visits, as nobody visits their own."""
    half.visited = make.make_organization(
        parent=half.ward, code=f"{code}-W-V", name=f"Chi bộ hai {name}"
    )
    half.visiting = make.make_assignment(
        half.member, half.visited, code=f"{code}A4", directive=half.directive
    )
    photo_pk = {name: value + 3 for name, value in pk.items()}  # after the other files
    half.visit = make.make_visit(
        half.visiting,
        half.visited,
        date(YEAR, 4, 4),
        note=f"Ghi chú {name}",
        photo=papers.store(f"{name}.jpg", b"\xff\xd8\xff\xd9", "image/jpeg", **photo_pk),
        **pk,
    )


def _make_tasks(half, code, name, pk):
    """Tasks of the member on their way, none of them in the year that is rated."""
    for place, state in enumerate(("draft", "registered", "reported", "confirmed"), start=4):
        task = make.make_task(
            half.member,
            half.visited,
            2024,
            code=f"{code}K{place}",
            title=f"Phần việc {state} {name}",
            state=state,
            assignment=half.visiting,
            **{name: value + place for name, value in pk.items()},
        )
        attribute = {"registered": "promised"}.get(state, state)
        setattr(half, attribute, task)
    half.colleagues_task = half.own_assignment.tasks.get()
    file_pk = {name: value + 6 for name, value in pk.items()}
    half.evidence = papers.add_evidence(half.reported, f"{name}.pdf", file_pk, **pk)


def _make_branch_tasks(half, code, name, pk):
    """What the branch resolved on in a year that is not rated."""
    plan = make.make_branch_plan(half.branch, LATELY, opinions=f"Nhất trí {name}", **pk)
    colleague = half.own_assignment.member
    for place, state in ((8, "registered"), (9, "reported")):
        task = make.make_task(
            colleague,
            half.branch,
            LATELY,
            code=f"{code}K{place}",
            title=f"Tổ hòa giải {state} {name}",
            state=state,
            **{name: value + place for name, value in pk.items()},
        )
        make.give_task(task, plan)
        setattr(half, "branch_task" if state == "registered" else "branch_reported", task)


def _make_minutes(half, name, pk):
    """The papers of the meeting: written, and given points that the committee did not see yet."""
    make.make_minutes(
        half.meeting, chair=half.member, place=f"Nhà văn hóa {name}", agenda=f"Nghe {name}", **pk
    )
    half.quality_form = make.make_quality_form(half.ward, name=f"Thang điểm {name}", **pk)
    make.make_score(half.meeting, half.quality_form, by=half.user, note=f"Đủ {name}", **pk)


def _make_opinions(half, code, name, pk):
    """One that the ward has to answer, and one that it did."""
    said = {"content": f"Nội dung {name}", "referred_to": half.ward, "due_on": date(YEAR, 4, 16)}
    half.opinion = make.make_opinion(
        half.meeting, code=f"{code}O2", topic=f"Đường {name}", state="referred", **said, **pk
    )
    other = {name: value + 2 for name, value in pk.items()}
    said |= {"state": "resolved", "answer": f"Đã trả lời {name}"}
    half.heard = make.make_meeting(half.visited, date(YEAR, 5, 5), code=f"{code}H9", **other)
    half.resolved = make.make_opinion(half.meeting, code=f"{code}O3", topic=name, **said, **other)


def _make_work(code, name, pk, organizations, member):
    district, ward, branch = organizations
    directive = make.make_directive(district, number=f"{code}-01", title=f"Phân công {name}", **pk)
    team = make.make_team(directive, ward, member, code=f"{code}T1", name=f"Đoàn {name}", **pk)
    assignment = make.make_assignment(
        member, branch, code=f"{code}A1", directive=directive, team=team, **pk
    )
    make.make_review(assignment, YEAR)
    meeting = make.make_meeting(branch, HELD_ON, code=f"{code}H1", **pk)
    make.attend(meeting, member)
    Opinion.objects.create(
        code=f"{code}O1",
        meeting=meeting,
        topic=f"Ý kiến {name}",
        content=f"Nội dung {name}",
        state="answered",
        **{name: value + 1 for name, value in pk.items()},
    )
    task = make.make_task(member, branch, YEAR, code=f"{code}K1", title=f"Phần việc {name}", **pk)
    make.make_deduction(member, HELD_ON, 1, code=f"{code}D1", **pk)
    colleague = make.make_member(branch, code=f"{code}M2", full_name=f"Hồ {name}")
    own_assignment = make.make_assignment(
        colleague,
        branch,
        code=f"{code}A2",
        directive=make.make_directive(ward, number=f"{code}-02"),
    )
    make.make_task(
        colleague,
        branch,
        YEAR,
        code=f"{code}K2",
        title=f"Việc dở {name}",
        state="in_progress",
        assignment=own_assignment,
    )
    ended_assignment = make.make_assignment(
        colleague, ward, code=f"{code}A3", directive=own_assignment.directive, until=HELD_ON
    )
    make.make_ending(ended_assignment, reason=f"Thôi {name}")
    return directive, team, assignment, meeting, task, own_assignment, ended_assignment
