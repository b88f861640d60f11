"""Two districts that know nothing of each other, an account of each kind in the first, and an
example of every route: what the tests of access walk through.

Every name and code of the second district holds MARK or CODE_MARK, which stand nowhere else: an
answer to somebody of the first that holds one of them tells what it must not. Its rows have the id
FOREIGN in every table, so that one number is the id of something foreign whatever it is taken for.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from time import time

from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Grant, JournalEntry, User
from assignments.models import Opinion
from branches.periods import period
from evaluations.models import Objection, Rating
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests import paper_builders as papers

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

    @property
    def organizations(self):
        return (self.district, self.ward, self.branch)


@dataclass
class World:
    """`users` holds one account for each role and for MEMBER, NOBODY and ANONYMOUS (None)."""

    own: Half
    other: Half
    users: dict = field(default_factory=dict)


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


@dataclass(frozen=True)
class Example:
    """How a route is asked in a test.

    arguments  from a Half: the arguments of its path
    query      what its address needs beside them
    acts       whether the page acts for the organization of `?org=`
    status     of the answer to who may open it
    post       the form that is posted to it
    posted     status of the answer to that from who may open it
    signed_in  status of both for who is signed in, where that is another
    """

    arguments: object = lambda half: []
    query: dict = field(default_factory=dict)
    acts: bool = True
    status: int = 200
    post: dict = field(default_factory=dict)
    posted: int = 405
    signed_in: int = 0

    def answer(self, method, who):
        """The status for who may open it."""
        if self.signed_in and who != ANONYMOUS:
            return self.signed_in
        return self.status if method == "get" else self.posted

    def url(self, name, half):
        return reverse(name, args=self.arguments(half))


def of(attribute, **more):
    """An example of a route whose one argument is the id of a part of a Half."""
    return Example(lambda half: [getattr(half, attribute).pk], **more)


def branch_year(half):
    return [half.branch.pk, LATELY]


def own_directive(half):
    return [half.own_assignment.directive_id]


def own_indicator(half):
    return [half.ward_team.pk, half.indicator.pk]


EXAMPLES = {
    "home": Example(),
    # My work
    "assignments:my_work": Example(),
    "assignments:visit_log": Example(post={"branch": ""}, posted=200),
    "assignments:visit": of("visit"),
    "assignments:visit_correct": of("visit", post={"note": "Đã ghi"}, posted=200),
    "assignments:visit_withdraw": of("visit", post={"reason": "Nhầm"}, posted=200),
    "assignments:visit_photo": of("visit"),
    "assignments:queue": Example(),
    "accounts:sending": Example(acts=False),
    "service_worker": Example(acts=False),
    "manifest": Example(acts=False),
    "offline": Example(acts=False),
    "set_language": Example(
        acts=False, status=302, post={"language": "en", "next": "/"}, posted=302
    ),
    "branches:organizations": Example(),
    "branches:organization": of("branch"),
    "branches:organization_children": of("ward"),
    "branches:members": Example(),
    "branches:member": of("member"),
    # Entering members
    "branches:member_add": Example(
        post={
            "full_name": "Lê Mới",
            "code": "DM9",
            "admitted_on": "2020-01-01",
            "person_class": "outside",
            "branch": "D-W-1",
            "since": "2020-01-01",
        },
        posted=302,
    ),
    "branches:member_bulk": Example(
        query={"do": "transfer", "all": "1"},
        post={"branch": "D-W-1", "since": "2020-01-01", "reason": "01-QĐ", "mark": ""},
        posted=200,
    ),
    "branches:member_edit": of("member"),
    "branches:member_change": of(
        "member",
        post={"full_name": "Lê", "code": "DM1", "phone": "", "class_since": ""},
        posted=200,
    ),
    "branches:member_transfer": of(
        "member", post={"branch": "D-W-1", "since": "2020-01-01", "reason": "01"}, posted=200
    ),
    "branches:member_leave": of(
        "member", post={"left_on": "2020-01-01", "left_reason": "deceased"}, posted=200
    ),
    "branches:member_undo": of("member", post={"reason": "01-QĐ"}, posted=200),
    "branches:member_status_add": of(
        "member", post={"status": "suspended", "since": "2021-01-01", "until": ""}, posted=200
    ),
    "branches:member_status_change": of(
        "status", post={"status": "suspended", "since": "2021-01-01", "authority": ""}, posted=200
    ),
    "branches:member_status_delete": of("status", post={"reason": "01-QĐ"}, posted=200),
    "branches:member_discipline_add": of(
        "member", post={"form": "warning", "decided_on": "2021-01-01", "note": ""}, posted=302
    ),
    "branches:member_discipline_change": of("discipline", posted=200),
    "branches:member_discipline_delete": of("discipline", posted=200),
    "branches:position_add": Example(
        post={
            "member": "DM1",
            "organization": "D-W",
            "title": "Phó Bí thư",
            "rank": "deputy_secretary",
            "since": "2021-01-01",
            "field": "",
        },
        posted=302,
    ),
    "branches:position_change": of("position", post={"title": "Bí thư"}, posted=200),
    "branches:position_end": of("position", post={"until": "2024-02-01"}, posted=200),
    "branches:position_delete": of("position", posted=200),
    "branches:committees": Example(),
    "branches:committee": of("ward"),
    "branches:committee_term_add": of(
        "ward",
        post={"name": "2010–2015", "seats": "15", "standing_seats": "5", "fields_text": "Kinh tế"}
        | {"since": "2010-01-01", "until": "2015-01-01"},
        posted=302,
    ),
    "branches:committee_term_change": of("term", posted=200),
    "branches:committee_term_delete": of("term", posted=200),
    "branches:committee_job_add": of(
        "ward", post={"title": "Bí thư", "duties": "Chủ trì", "since": "2010-01-01"}, posted=302
    ),
    "branches:committee_job_change": of("job", posted=200),
    "branches:committee_job_delete": of("job", posted=200),
    "branches:meetings": Example(),
    "branches:meeting": of("meeting"),
    "branches:search": Example(query={"q": "pham"}),
    "branches:acting": Example(),
    "branches:pick_members": Example(query={"q": "pham"}),
    "branches:pick_organizations": Example(query={"q": "chi bo"}),
    "assignments:desk": Example(),
    "assignments:assign": Example(
        post={
            "action": "save",
            "rows": "5",  # as many as an empty page has
            "role": "direct",
            "since": "2021-01-01",
            "visits_due": "1",
            "visits_period": "month",
            "directive": "",
            "team": "",
            "pasted": "",
            "paste_row": "",
            "row-0-member": "DM1",
            "row-0-target": "D-W-1",
            "row-0-until": "",
            "row-0-member_choice": "",
        },
        posted=200,
    ),
    "assignments:assigned": of("assigning", posted=302),
    "assignments:assignment_change": of(
        "own_assignment",
        post={"role": "attend", "since": "2000-01-01", "visits_due": "1", "visits_period": "month"}
        | {"directive": "", "team": "", "confirmer": "", "until": ""},
        posted=200,
    ),
    "assignments:assignments": Example(),
    "assignments:assignment": of("assignment"),
    "assignments:load": Example(),
    "assignments:matrix": Example(),
    "assignments:from_above": Example(),
    "assignments:uncovered": Example(),
    "assignments:suggestions": Example(),
    "assignments:hand_over": of(
        "own_assignment",
        post={"member": "DM1", "last_day": "2026-01-05", "reason": "05-QĐ"},
        posted=200,
    ),
    "assignments:assignment_end": of(
        "own_assignment", post={"last_day": "2026-01-05", "reason": "05-QĐ"}, posted=200
    ),
    "assignments:assignment_reopen": of("ended_assignment", post={"reason": "05-QĐ"}, posted=200),
    "assignments:tasks": Example(),
    "assignments:task": of("task"),
    # Confirming
    "assignments:confirmations": Example(),
    "assignments:confirmations_confirm": Example(
        status=405, post={"item": "visit-0", "whole": "", "outcome-0": "met"}, posted=302
    ),
    "assignments:visit_confirm": of("visit", post={"reason": "Có ảnh"}, posted=302),
    "assignments:visit_refuse": of("visit", post={"reason": "Không dự"}, posted=302),
    "assignments:visit_dispute": of("visit", post={"reason": "Ảnh không rõ"}, posted=302),
    "assignments:visit_reopen": of("visit", post={"reason": "Nhầm"}, posted=200),
    # Tasks that a branch gives
    "assignments:branch_tasks_rates": Example(query={"year": LATELY}),
    "assignments:branch_tasks": Example(branch_year),
    "assignments:branch_tasks_review": Example(
        branch_year, post={"action": "finish", "day": "", "fill": ""}, posted=200
    ),
    "assignments:branch_tasks_draft": Example(branch_year, post={"action": "finish"}, posted=200),
    "assignments:branch_tasks_discussion": Example(branch_year, post={"meeting": ""}, posted=200),
    "assignments:branch_tasks_resolution": Example(branch_year, posted=200),
    "assignments:branch_tasks_back": Example(
        branch_year, post={"step": "", "reason": "01-QĐ"}, posted=200
    ),
    "assignments:branch_tasks_check": of("meeting", posted=302),
    "assignments:branch_task_plan": of("task", posted=200),
    "assignments:branch_task_agree": of("branch_task", status=405, posted=302),
    "assignments:branch_task_report": of("branch_task", post={"reason": "Xong"}, posted=302),
    "assignments:branch_task_confirm": of("branch_reported", post={"outcome": "met"}, posted=200),
    "assignments:branch_task_return": of(
        "branch_reported", post={"reason": "Chưa xong"}, posted=302
    ),
    "assignments:branch_task_reopen": of("task", post={"reason": "Nhầm"}, posted=200),  # rated
    "assignments:my_branch_tasks": Example(query={"year": LATELY}),
    # Tasks on their way, and reviews
    "assignments:task_sheet": of("member", query={"year": "2024"}),
    "assignments:task_register": Example(
        post={
            "action": "register",
            "row-TOTAL_FORMS": "1",
            "row-INITIAL_FORMS": "1",
            "row-0-place": "",
            "row-0-title": "Vận động 5 hộ",
            "row-0-weight": "1",
        },
        posted=200,
    ),
    "assignments:task_submit": Example(status=405, post={"task": "0"}, posted=404),
    "assignments:task_change": of("draft", post={"title": "Vận động"}, posted=200),
    "assignments:task_discard": of("draft", status=405, posted=302),
    "assignments:task_start": of("promised", status=405, posted=302),
    "assignments:task_report": of(
        "promised", post={"handed_in": "done", "comment": "Xong"}, posted=302
    ),
    "assignments:task_confirm": of("reported", post={"outcome": "met"}, posted=200),
    "assignments:task_return": of("reported", post={"reason": "Thiếu ảnh"}, posted=302),
    "assignments:task_reopen": of("confirmed", post={"reason": "Nhầm"}, posted=302),
    "assignments:task_weigh": of(
        "promised", post={"weight": "2", "reason": "Việc khó"}, posted=302
    ),
    "assignments:task_cancel": of("colleagues_task", post={"reason": "01-QĐ"}, posted=302),
    "assignments:task_evidence": of("evidence"),
    "assignments:reviews": Example(query={"year": YEAR}, posted=404),
    "assignments:review_write": Example(
        lambda half: [half.own_assignment.pk, YEAR], post={"level": "good"}, posted=302
    ),
    # Minutes and quality of meetings
    "assignments:meeting_minutes": of("meeting"),
    "assignments:meeting_minutes_write": of("meeting", post={"place": "Nhà dân"}, posted=200),
    "assignments:meeting_minutes_document": Example(lambda half: [half.meeting.pk, "docx"]),
    "assignments:meeting_quality": of("meeting"),
    "assignments:meeting_score": of("meeting", post={"note": ""}, posted=200),
    "assignments:meeting_quality_decide": of("meeting", post={"decided": "95"}, posted=200),
    "assignments:meetings_quality": Example(query={"month": f"{YEAR}-03"}),
    "assignments:meeting_forms": Example(),
    "assignments:meeting_form_change": of("quality_form", post={"name": "Mới"}, posted=200),
    # Opinions
    "assignments:opinions": Example(),
    "assignments:opinions_report": Example(query={"year": str(YEAR)}),
    "assignments:opinion": of("opinion"),
    "assignments:opinion_raise": of(
        "heard",
        post={"raised_by": "member", "topic": "Đất đai", "content": "…", "answer": "Đã giải thích"}
        | {"referred_to": "", "due_on": ""},
        posted=302,
    ),
    "assignments:opinion_raise_on_visit": of(
        "visit",
        post={"raised_by": "resident", "topic": "Vay vốn", "content": "…", "answer": ""}
        | {"referred_to": "", "due_on": ""},
        posted=302,
    ),
    "assignments:opinion_refer": of(
        "opinion", post={"referred_to": "", "due_on": "", "reason": "Ngoài thẩm quyền"}, posted=200
    ),
    "assignments:opinion_extend": of(
        "opinion", post={"due_on": "2030-01-01", "reason": "Việc khó"}, posted=200
    ),
    "assignments:opinion_answer": of("opinion", post={"answer": "Đã sửa đường"}, posted=200),
    "assignments:opinion_tell": of("resolved", post={"meeting": ""}, posted=200),
    # Documents
    "assignments:documents": Example(),
    "assignments:document_decision": Example(own_directive, posted=200),
    "assignments:document_assignments": Example(posted=200),
    "assignments:document_plan": of("ward_team", posted=200),
    "assignments:templates": Example(),
    "assignments:template_download": Example(lambda half: ["decision"]),
    "assignments:template_version": of("template"),
    "assignments:template_upload": Example(lambda half: ["plan"], posted=200),
    "assignments:template_give_up": Example(lambda half: ["list"], posted=302),
    # Meetings that are planned, rosters, checking in
    "assignments:calendar": Example(query={"month": "2018-04", "day": "2018-04-03", "mine": ""}),
    "assignments:meeting_plan": of("plan"),
    "assignments:meeting_plan_add": Example(
        post={"branch": "D-W-1", "planned_on": "2018-05-03", "kind": "regular", "starts_at": ""}
        | {"place": "", "agenda": "", "until": "2018-07-03"},
        posted=302,
    ),
    "assignments:meeting_plan_change": of(
        "plan", post={"planned_on": "2018-04-04", "kind": "regular"}, posted=200
    ),
    "assignments:meeting_plan_call_off": of("plan", post={"reason": "Lũ"}, posted=302),
    "assignments:meeting_plan_restore": of("plan", status=405, posted=302),
    "assignments:plan_roster": of("plan", post={"rest": "1", "added": "DM1"}, posted=302),
    "assignments:plan_sign_in_sheet": of("plan"),
    "assignments:plan_check_in_code": of("plan"),
    "assignments:roster": of("meeting", post={"rest": "1", "added": "DM1"}, posted=302),
    "assignments:roster_close": of("meeting", status=405, posted=302),
    "assignments:roster_reopen": of("meeting", post={"reason": "01"}, posted=200),
    "assignments:sign_in_sheet": of("meeting"),
    "assignments:check_in_code": of("meeting"),
    "assignments:check_in": Example(query={"t": "x"}, post={"code": "ABCDEF"}, posted=200),
    # Directives and teams
    "assignments:directives": Example(),
    "assignments:directive": of("directive"),
    "assignments:directive_assignments": of("directive"),
    "assignments:directive_add": Example(
        post={
            "kind": "decision",
            "issuer": "D-W",
            "issued_on": "05/01/2026",
            "number": "05-QĐ/ĐU",
            "title": "Phân công",
            "valid_to": "",
        },
        posted=302,
    ),
    "assignments:directive_change": Example(own_directive, posted=200),
    "assignments:directive_delete": Example(own_directive, post={"reason": "01"}, posted=200),
    "assignments:directive_attach": Example(own_directive, posted=200),
    "assignments:directive_attachment": of("attachment"),
    "assignments:directive_attachment_replace": of("attachment", posted=200),
    "assignments:directive_attachment_remove": of(
        "attachment", post={"reason": "Nhầm tệp"}, posted=302
    ),
    "assignments:teams": Example(),
    "assignments:team": of("team"),
    "assignments:team_directive": Example(),
    "assignments:team_add": Example(own_directive, posted=200),
    "assignments:team_change": of("ward_team", posted=200),
    "assignments:team_members": of("ward_team", posted=200),
    "assignments:team_indicator_add": of(
        "ward_team",
        post={"name": "Cây ăn trái", "year": "2018", "aim": "1000", "actual": "710"},
        posted=302,
    ),
    "assignments:team_indicator": Example(own_indicator, posted=200),
    "assignments:team_indicator_remove": Example(
        own_indicator, post={"reason": "Nhầm"}, posted=302
    ),
    "assignments:reorganize": Example(),
    "assignments:reorganize_kind": Example(
        lambda half: ["rename"],
        post={"organization": "D-W-1", "name": "Chi bộ Mới", "on": "05/01/2026"},
        posted=200,
    ),
    "assignments:reorganizations": Example(),
    "assignments:reorganization": of("reorganization", post={"reason": "01-QĐ"}, posted=302),
    "assignments:reorganization_download": of("reorganization"),
    "assignments:reorganization_roles": of(
        "reorganization", status=405, post={"offer": "1-1"}, posted=302
    ),
    "evaluations:board": Example(query={"year": YEAR}),
    "evaluations:ratings_download": Example(lambda half: ["csv"], query={"year": YEAR}),
    "evaluations:rating": of("rating"),
    "evaluations:roll_ups": Example(),
    "evaluations:roll_up_start": Example(posted=200),
    "evaluations:roll_up": of("roll_up"),
    "evaluations:rating_readers": of("rating"),
    # One's own record
    "evaluations:own_record": Example(query={"year": YEAR}),
    "evaluations:objection_raise": Example(
        lambda half: ["attendance", half.meeting.pk],
        query={"year": YEAR},
        post={"text": "Tôi có mặt"},
        posted=302,
    ),
    "evaluations:objections": Example(),
    "evaluations:objection": of(
        "objection", post={"outcome": "accepted", "answer": "Đã sửa"}, posted=200
    ),
    "evaluations:objection_withdraw": of("objection", status=405, posted=302),
    # Data protection
    "evaluations:anonymisations": Example(),
    "evaluations:anonymise": of("member", posted=200),
    "workbook:own_data": Example(acts=False),
    # Imports
    "workbook:imports": Example(),
    "workbook:import_start": Example(
        post={"effective": "2026-01-05", "reason": "01-QĐ"}, posted=200
    ),
    "workbook:import": of("upload"),
    "workbook:import_rows": of("upload"),
    "workbook:import_headings": of("upload", post={"heading0": "full_name"}, posted=200),
    "workbook:import_again": of("upload", status=405, posted=302),
    "workbook:import_commit": of("upload", status=405, posted=302),
    "workbook:import_undo": of("upload", post={"reason": "01-QĐ"}, posted=302),
    "workbook:import_discard": of("upload", posted=302),
    "workbook:import_file": Example(lambda half: [half.upload.pk, "upload"]),
    "workbook:import_headings_known": Example(),
    "workbook:import_heading_forget": of("heading", status=405, posted=302),
    # Data quality
    "workbook:quality": Example(),
    "workbook:merge": Example(lambda half: [half.member.pk, half.twin.pk], posted=200),
    "workbook:place_member": of("twin", posted=200),
    "workbook:settle_unit": of("closed", posted=200),
    "workbook:repair_attendance": Example(
        lambda half: [half.meeting.attendance.get().pk], posted=200
    ),
    # Signing in
    "accounts:login": Example(acts=False, posted=200, signed_in=302),
    "accounts:logout": Example(acts=False, status=405, posted=302),
    "accounts:invitation": Example(
        lambda half: ["no-such-link"], acts=False, status=410, posted=410
    ),
    "account_login": Example(acts=False, posted=200, signed_in=302),
    "account_logout": Example(acts=False, status=405, posted=302),
    "account_inactive": Example(acts=False),
    "account_reset_password": Example(acts=False, posted=200),
    "account_reset_password_done": Example(acts=False),
    "account_reset_password_from_key": Example(
        lambda half: ["1", "no-such-key"], acts=False, posted=200
    ),
    "account_reset_password_from_key_done": Example(acts=False),
    "mfa_authenticate": Example(acts=False, status=302, posted=302),
    "mfa_login_webauthn": Example(acts=False, status=302, posted=302),
    "openid_connect_login": Example(lambda half: ["sso"], acts=False, status=405, posted=404),
    "openid_connect_callback": Example(lambda half: ["sso"], acts=False, status=404),
    "socialaccount_login_cancelled": Example(acts=False),
    # One's own account
    "accounts:account": Example(),
    "accounts:sessions": Example(),
    "accounts:session_end_others": Example(acts=False, status=405, posted=302),
    "accounts:session_end": Example(lambda half: [FOREIGN], acts=False, status=405, posted=404),
    "account_change_password": Example(posted=200),
    "account_set_password": Example(status=302, posted=302),
    "account_reauthenticate": Example(posted=200),
    "mfa_reauthenticate": Example(status=302, posted=302),
    "mfa_reauthenticate_webauthn": Example(status=302, posted=302),
    "mfa_index": Example(),
    "mfa_activate_totp": Example(posted=200),
    "mfa_deactivate_totp": Example(status=404, posted=404),
    "mfa_view_recovery_codes": Example(status=404),
    "mfa_generate_recovery_codes": Example(posted=200),
    "mfa_download_recovery_codes": Example(acts=False, status=404, posted=404),
    "mfa_list_webauthn": Example(acts=False, status=302),
    "mfa_add_webauthn": Example(posted=200),
    "mfa_edit_webauthn": Example(lambda half: [FOREIGN], status=404, posted=404),
    "mfa_remove_webauthn": Example(lambda half: [FOREIGN], status=404, posted=404),
    # Lists as one keeps them
    "accounts:views": Example(),
    "accounts:view_add": Example(
        query={"list": "branches:members", "q": "pham"}, post={"name": "Của tôi"}, posted=302
    ),
    "accounts:view_columns": Example(
        query={"list": "branches:members"}, post={"columns": "code"}, posted=302
    ),
    "accounts:view_change": Example(lambda half: [FOREIGN], status=404, posted=404),
    "accounts:view_delete": Example(lambda half: [FOREIGN], status=404, posted=404),
    "accounts:list_download": Example(lambda half: ["csv"], query={"list": "branches:members"}),
    # Users and what they hold
    "accounts:users": Example(),
    "accounts:user": of("user"),
    "accounts:user_invite": Example(
        post={"username": "fresh", "full_name": "Lê Mới", "member": ""}, posted=200
    ),
    "accounts:user_change": of(
        "user", post={"full_name": "Lê Khác", "email": "", "member": ""}, posted=302
    ),
    "accounts:user_switch": of("user", post={"to": "off", "reason": "01-QĐ"}, posted=302),
    "accounts:user_invitation": of("user", posted=200),
    "accounts:grant_give": of(
        "user", post={"role": "office", "organization": "D-W", "reason": "01-QĐ"}, posted=302
    ),
    "accounts:grant_withdraw": of("grant", post={"reason": "01-QĐ"}, posted=302),
    "accounts:member_readers": of("member"),
    # Reminders
    "assignments:reminders": Example(),
    "assignments:reminder_choices": Example(
        post={"kinds": "task_due", "rhythm": "weekly"}, posted=302
    ),
    "assignments:reminder_put_aside": Example(
        acts=False, status=405, post={"kind": "task_due", "key": "1:2018-01-01"}, posted=302
    ),
    # The journal
    "accounts:journal": Example(),
    "accounts:access_log": Example(),
    "accounts:journal_entry": Example(
        lambda half: [JournalEntry.objects.about(Grant, half.grant.pk).latest("pk").pk]
    ),
    "accounts:member_history": of("member"),
}
