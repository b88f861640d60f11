"""A world as plain values, and its tree read in the simplest way there is, day by day."""

from dataclasses import dataclass, field
from datetime import date

from evaluations.rules import Days

YEAR = 2025
ALWAYS = Days()


@dataclass
class Org:
    code: str
    kind: str
    grassroots: bool = False
    days: Days = ALWAYS
    placements: list = field(default_factory=list)  # (code of the parent, Days)
    earlier: list = field(default_factory=list)  # (Days, grassroots)


@dataclass
class Person:
    code: str
    admitted_on: date
    person_class: str
    stays: list  # (code of the branch, Days)
    left_on: date | None = None
    earlier_classes: list = field(default_factory=list)  # (Days, class)
    statuses: list = field(default_factory=list)  # (status, Days)
    deductions: list = field(default_factory=list)  # (day, points)
    disciplines: list = field(default_factory=list)  # days
    tasks: list = field(default_factory=list)  # (year, state, outcome, weight, due_on)
    assignments: list = field(default_factory=list)  # (target, Days, due, period, {year: level})
    roster: list = field(default_factory=list)  # (code of the meeting, status, capacity, confirmed)


@dataclass
class World:
    orgs: dict = field(default_factory=dict)
    people: list = field(default_factory=list)
    meetings: dict = field(default_factory=dict)  # code: (branch, day, kind)
    caps: dict = field(default_factory=dict)  # code of the unit: percent

    # The tree, read day by day

    def parent_on(self, code, day):
        return next((parent for parent, days in self.orgs[code].placements if day in days), None)

    def above(self, code, day):
        """The organization and all above it: one that has ended stands where it stood last, one
        that has not begun where it stands first."""
        days = self.orgs[code].days
        stood = day
        if days.last and days.last < day:
            stood = days.last
        elif days.first and days.first > day:
            stood = days.first
        parent = self.parent_on(code, stood)
        return [code] if parent is None else [code, *self.above(parent, day)]

    def is_grassroots(self, code, day):
        earlier = (grassroots for days, grassroots in self.orgs[code].earlier if day in days)
        return next(earlier, self.orgs[code].grassroots)

    def unit_of(self, branch, day):
        return next((c for c in self.above(branch, day) if self.is_grassroots(c, day)), branch)

    def branch_on(self, person, day):
        if person.left_on and person.left_on <= day:
            return None
        return next((branch for branch, days in person.stays if day in days), None)

    def class_on(self, person, day):
        earlier = (name for days, name in person.earlier_classes if day in days)
        return next(earlier, person.person_class)
