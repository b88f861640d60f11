"""Worlds written to the database."""

from django.db import connection

from assignments.models import Assignment, Review, Task
from branches.models import (
    Attendance,
    Discipline,
    EarlierOrganization,
    EarlierPersonClass,
    Meeting,
    Member,
    Membership,
    MemberStatus,
    Organization,
    Placement,
)
from branches.periods import period
from evaluations.models import Deduction, UnitCap

from .model import YEAR


def save(world):
    """Write a world to the database, with all constraints checked. Returns ids by code of the
    organizations."""
    orgs = _save_tree(world)
    members = _save_people(world, orgs)
    _save_work(world, orgs, members)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return orgs


def _save_tree(world):
    rows = Organization.objects.bulk_create(
        Organization(
            code=org.code,
            name=org.code,
            kind=org.kind,
            grassroots=org.grassroots,
            validity=_range(org.days),
        )
        for org in world.orgs.values()
    )
    ids = {row.code: row.pk for row in rows}
    Placement.objects.bulk_create(
        Placement(organization_id=ids[org.code], parent_id=ids[parent], validity=_range(days))
        for org in world.orgs.values()
        for parent, days in org.placements
    )
    EarlierOrganization.objects.bulk_create(
        EarlierOrganization(
            organization_id=ids[org.code],
            validity=_range(days),
            name=org.code,
            kind=org.kind,
            grassroots=grassroots,
        )
        for org in world.orgs.values()
        for days, grassroots in org.earlier
    )
    UnitCap.objects.bulk_create(
        UnitCap(unit_id=ids[code], year=YEAR, percent=percent)
        for code, percent in world.caps.items()
    )
    return ids


def _save_people(world, orgs):
    rows = Member.objects.bulk_create(
        Member(
            code=person.code,
            full_name=person.code,
            admitted_on=person.admitted_on,
            person_class=person.person_class,
            left_on=person.left_on,
            left_reason="deceased" if person.left_on else "",
        )
        for person in world.people
    )
    members = {row.code: row.pk for row in rows}
    Membership.objects.bulk_create(
        Membership(member_id=members[person.code], branch_id=orgs[branch], validity=_range(days))
        for person in world.people
        for branch, days in person.stays
    )
    EarlierPersonClass.objects.bulk_create(
        EarlierPersonClass(
            member_id=members[person.code], validity=_range(days), person_class=person_class
        )
        for person in world.people
        for days, person_class in person.earlier_classes
    )
    MemberStatus.objects.bulk_create(
        MemberStatus(member_id=members[person.code], status=status, validity=_range(days))
        for person in world.people
        for status, days in person.statuses
    )
    Discipline.objects.bulk_create(
        Discipline(member_id=members[person.code], decided_on=day, form="warning")
        for person in world.people
        for day in person.disciplines
    )
    Deduction.objects.bulk_create(
        Deduction(
            code=f"{person.code}-{number}",
            member_id=members[person.code],
            occurred_on=day,
            points=points,
            reason="x",
        )
        for person in world.people
        for number, (day, points) in enumerate(person.deductions)
    )
    return members


def _save_work(world, orgs, members):
    rows = Meeting.objects.bulk_create(
        Meeting(code=code, branch_id=orgs[branch], held_on=day, kind=kind)
        for code, (branch, day, kind) in world.meetings.items()
    )
    meetings = {row.code: row.pk for row in rows}
    Attendance.objects.bulk_create(
        Attendance(
            meeting_id=meetings[code],
            member_id=members[person.code],
            status=status,
            capacity=capacity,
            confirmed=confirmed,
        )
        for person in world.people
        for code, status, capacity, confirmed in person.roster
    )
    Task.objects.bulk_create(
        Task(
            code=f"{person.code}-{number}",
            member_id=members[person.code],
            organization_id=orgs["B0"],
            year=year,
            title="x",
            state=state,
            outcome=outcome,
            weight=weight,
            due_on=due_on,
        )
        for person in world.people
        for number, (year, state, outcome, weight, due_on) in enumerate(person.tasks)
    )
    rows = Assignment.objects.bulk_create(
        Assignment(
            code=f"{person.code}-{number}",
            member_id=members[person.code],
            target_id=orgs[target],
            role="direct",
            validity=_range(days),
            visits_due=visits_due,
            visits_period=visits_period,
        )
        for person in world.people
        for number, (target, days, visits_due, visits_period, _) in enumerate(person.assignments)
    )
    assignments = {row.code: row.pk for row in rows}
    Review.objects.bulk_create(
        Review(assignment_id=assignments[f"{person.code}-{number}"], year=year, level=level)
        for person in world.people
        for number, (*_terms, reviews) in enumerate(person.assignments)
        for year, level in reviews.items()
    )


def _range(days):
    return period(days.first, days.last)
