"""The least valid row of each kind, never random; what matters to a test is said in the test."""

from datetime import UTC, date, datetime
from itertools import count
from uuid import NAMESPACE_OID, uuid5

from django.db import transaction

from accounts.models import Grant, User
from assignments.confirming.committee import confirming_committee
from assignments.models import (
    Assigning,
    AssigningRow,
    Assignment,
    BranchTaskPlan,
    Directive,
    Ending,
    GivenTask,
    Indicator,
    Opinion,
    Review,
    Task,
    Team,
    Visit,
)
from branches.editing import mark_of
from branches.models import (
    Attendance,
    CommitteeTerm,
    CriterionScore,
    Discipline,
    JobDescription,
    Meeting,
    MeetingPlan,
    MeetingScore,
    Member,
    Membership,
    MemberStatus,
    Minutes,
    Organization,
    Placement,
    Position,
    QualityCriterion,
    QualityForm,
    Reorganization,
    StoredFile,
)
from branches.periods import last_day, period
from evaluations.models import Deduction, OrganizationDiscipline
from workbook.headings import heading_key
from workbook.models import HeadingAlias, Import, ImportJob, ImportLine

numbers = count(1)
LONG_AGO = date(2000, 1, 1)
PASSWORD = "a long enough password"


def make_organization(
    kind="branch", *, parent=None, parent_since=None, since=None, until=None, **fields
):
    """An organization of `kind`, placed under `parent` if there is one."""
    code = fields.pop("code", f"O{next(numbers)}")
    defaults = {"name": code, "grassroots": kind == "grassroots_committee"}
    organization = Organization.objects.create(
        code=code, kind=kind, validity=period(since, until), **(defaults | fields)
    )
    if parent:
        place(organization, parent, since=parent_since)
    return organization


def place(organization, parent, *, since=None, until=None):
    return Placement.objects.create(
        organization=organization, parent=parent, validity=period(since, until)
    )


def make_ward(code="W", *, parent=None, branches=1):
    """A grassroots committee with branches of the codes W-1, W-2, …; returns (ward, branches)."""
    ward = make_organization("grassroots_committee", code=code, parent=parent)
    return ward, [
        make_organization(code=f"{code}-{number}", parent=ward) for number in range(1, branches + 1)
    ]


def make_reorganization(organization, **fields):
    """One that is done and changed nothing."""
    defaults = {"kind": "rename", "on": LONG_AGO, "what": str(organization), "reason": "01-QĐ"}
    defaults |= {"changes": [], "done_at": datetime(2026, 1, 5, tzinfo=UTC)}
    return Reorganization.objects.create(organization_ids=[organization.pk], **(defaults | fields))


def make_member(branch=None, *, since=LONG_AGO, **fields):
    """A member, of `branch` since a day if there is one."""
    code = fields.pop("code", f"M{next(numbers)}")
    defaults = {"full_name": f"Nguyễn Văn {code}", "admitted_on": LONG_AGO}
    member = Member.objects.create(code=code, **(defaults | fields))
    if branch:
        Membership.objects.create(member=member, branch=branch, validity=period(since))
    return member


def move(member, branch, *, on):
    """The member goes to another branch on a day."""
    present = member.memberships.get(validity__upper_inf=True)
    present.validity = period(present.validity.lower, on.fromordinal(on.toordinal() - 1))
    present.save()
    return Membership.objects.create(member=member, branch=branch, validity=period(on))


def make_status(member, status="exempt", *, since=LONG_AGO, until=None, **fields):
    return MemberStatus.objects.create(
        member=member, status=status, validity=period(since, until), **fields
    )


def make_discipline(member, decided_on, form="reprimand", **fields):
    return Discipline.objects.create(member=member, decided_on=decided_on, form=form, **fields)


def make_organization_discipline(organization, decided_on, form="reprimand", *, by, **fields):
    defaults = {"reason": "Vi phạm nguyên tắc", "decision_number": "12-QĐ/ĐU", "recorded_by": by}
    defaults["recorded_at"] = datetime(2026, 1, 2, tzinfo=UTC)
    return OrganizationDiscipline.objects.create(
        organization=organization, decided_on=decided_on, form=form, **(defaults | fields)
    )


def make_term(organization, *, seats=15, since=LONG_AGO, until=None, **fields):
    return CommitteeTerm.objects.create(
        organization=organization,
        seats=seats,
        validity=period(since, until),
        **({"name": f"Nhiệm kỳ {since.year}"} | fields),
    )


def make_job(organization, *, since=LONG_AGO, until=None, **fields):
    return JobDescription.objects.create(
        organization=organization,
        validity=period(since, until),
        **({"title": "Bí thư", "duties": "Chủ trì công việc của cấp ủy"} | fields),
    )


def make_position(
    member, organization, *, rank="standing_member", since=LONG_AGO, until=None, **fields
):
    return Position.objects.create(
        member=member,
        organization=organization,
        rank=rank,
        validity=period(since, until),
        **({"title": rank} | fields),
    )


def make_meeting(branch, held_on, **fields):
    code = fields.pop("code", f"H{next(numbers)}")
    return Meeting.objects.create(code=code, branch=branch, held_on=held_on, **fields)


def make_plan(branch, planned_on, **fields):
    return MeetingPlan.objects.create(branch=branch, planned_on=planned_on, **fields)


def attend(meeting, member, status="present", **fields):
    return Attendance.objects.create(meeting=meeting, member=member, status=status, **fields)


def make_directive(issuer, **fields):
    defaults = {"number": f"{next(numbers)}-QĐ/QU", "issued_on": LONG_AGO, "kind": "decision"}
    return Directive.objects.create(issuer=issuer, **(defaults | {"title": "Phân công"} | fields))


def make_team(directive, target, leader, **fields):
    code = fields.pop("code", f"T{next(numbers)}")
    return Team.objects.create(
        code=code, directive=directive, target=target, leader=leader, **({"name": code} | fields)
    )


def make_assignment(member, target, *, since=LONG_AGO, until=None, **fields):
    code = fields.pop("code", f"A{next(numbers)}")
    return Assignment.objects.create(
        code=code,
        member=member,
        target=target,
        validity=period(since, until),
        **({"role": "direct"} | fields),
    )


def make_ending(assignment, **fields):
    """That the assignment was ended on the last day that it has, and had none before."""
    ended = last_day(assignment.validity)
    defaults = {"reason": "Điều động"}
    return Ending.objects.create(assignment=assignment, last_day=ended, **(defaults | fields))


def make_assigning(assignment, *, by, organization, **fields):
    """A save of the grid that made this one assignment."""
    saved = Assigning.objects.create(
        token=uuid5(NAMESPACE_OID, f"{next(numbers)}"), by=by, organization=organization, **fields
    )
    AssigningRow.objects.create(assigning=saved, assignment=assignment, mark=mark_of(assignment))
    return saved


def make_task(member, organization, year, *, state="confirmed", **fields):
    code = fields.pop("code", f"K{next(numbers)}")
    defaults = {"title": "Phần việc", "outcome": "met" if state == "confirmed" else ""}
    return Task.objects.create(
        code=code,
        member=member,
        organization=organization,
        year=year,
        state=state,
        **(defaults | fields),
    )


def make_opinion(meeting, **fields):
    """An opinion answered on the spot, as an import leaves it: without steps."""
    code = fields.pop("code", f"Y{next(numbers)}")
    said = {"topic": "Đường", "content": "Sửa đường thôn", "state": "answered"}
    return Opinion.objects.create(code=code, meeting=meeting, **(said | fields))


def make_minutes(meeting, **fields):
    return Minutes.objects.create(meeting=meeting, **fields)


@transaction.atomic  # a form without its criteria is refused when a transaction ends
def make_quality_form(organization, *, since=None, until=None, criteria=(40, 60), **fields):
    """A version of the form of meeting quality; `criteria` are points, the first for attendance."""
    bands = {"good_from": 90, "fair_from": 70, "average_from": 50}
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    said = {"name": "Thang điểm", "version": 1, "changed_at": at, "validity": period(since, until)}
    form = QualityForm.objects.create(organization=organization, **(bands | said | fields))
    QualityCriterion.objects.bulk_create(
        QualityCriterion(
            form=form,
            place=place,
            name=f"Tiêu chí {place}",
            points=points,
            is_attendance=place == 1,
        )
        for place, points in enumerate(criteria, start=1)
    )
    return form


def make_score(meeting, form, *, by, **fields):
    """Full points by the form."""
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    score = MeetingScore.objects.create(
        meeting=meeting, form=form, scored_by=by, scored_at=at, **fields
    )
    CriterionScore.objects.bulk_create(
        CriterionScore(score=score, criterion=each, points=each.points)
        for each in form.criteria.all()
    )
    return score


def make_visit(assignment, branch, held_on, **fields):
    """A visit that the cadre logged at noon of the day; its committee is what stands above."""
    noon = datetime(held_on.year, held_on.month, held_on.day, 5, tzinfo=UTC)
    defaults = {"confirmer": confirming_committee(assignment, on=held_on), "claimed_at": noon}
    return Visit.objects.create(
        member=assignment.member,
        assignment=assignment,
        branch=branch,
        held_on=held_on,
        **(defaults | fields),
    )


def make_branch_plan(branch, year, *, number="05-NQ/CB", **fields):
    """The tasks of a branch for the year, with a resolution of 4 February."""
    meeting = fields.pop("meeting", None) or make_meeting(branch, date(year, 2, 3))
    days = {"begun_on": date(year, 1, 5), "reviewed_on": date(year, 1, 8)}
    days |= {"drafted_on": date(year, 1, 20), "resolved_on": date(year, 2, 4)}
    return BranchTaskPlan.objects.create(
        branch=branch,
        year=year,
        discussed_at=meeting,
        resolution_number=number,
        **(days | fields),
    )


def give_task(task, plan):
    """The resolution of the plan makes the task binding."""
    return GivenTask.objects.create(task=task, plan=plan, validity=period(plan.resolved_on))


def make_review(assignment, year, level="good"):
    return Review.objects.create(assignment=assignment, year=year, level=level)


def make_deduction(member, occurred_on, points, **fields):
    code = fields.pop("code", f"D{next(numbers)}")
    return Deduction.objects.create(
        code=code, member=member, occurred_on=occurred_on, points=points, reason="", **fields
    )


def make_user(username=None, *, member=None):
    return User.objects.create_user(
        username or f"user{next(numbers)}", password=PASSWORD, member=member
    )


def grant(user, role, organization, *, since=None, until=None):
    return Grant.objects.create(
        user=user, role=role, organization=organization, validity=period(since, until)
    )


def make_import(organization, by, *, name="so.xlsx", heading="Cột lạ", pk=None):
    """A workbook that was imported, of which one heading is not known any more."""
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    numbers = {"created": 1, "updated": 0, "unchanged": 2, "wrong": 0, "warnings": 0}
    upload = Import.objects.create(
        pk=pk,
        organization=organization,
        by=by,
        file=StoredFile.store(name, b"PK", media_type="application/zip", by=by, at=at),
        effective=at.date(),
        reason="Rà soát",
        language="vi",
        state="done",
        uploaded_at=at,
        checked_at=at,
        imported_at=at,
        transaction=1,
        counts={"members": numbers},
        outcome={"members": numbers},
        headings=[{"table": "members", "heading": heading}],
    )
    ImportJob.objects.create(upload=upload)
    ImportLine.objects.create(
        upload=upload,
        kind="new",
        table="members",
        row=2,
        label=name,
        values={"full_name": heading},
    )
    return upload


def make_heading(organization, heading="Cột lạ", *, means="full_name", pk=None):
    """What a column of members means."""
    return HeadingAlias.objects.create(
        pk=pk,
        organization=organization,
        table="members",
        heading=heading,
        folded=heading_key(heading),
        means=means,
        at=datetime(2026, 1, 5, 12, tzinfo=UTC),
    )


def make_indicator(organization, year, *, name="Chỉ tiêu", **fields):
    return Indicator.objects.create(organization=organization, year=year, name=name, **fields)
