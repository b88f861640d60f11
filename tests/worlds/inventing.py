"""Random worlds from a seed."""

import random
from datetime import date, timedelta
from decimal import Decimal

from evaluations import rules
from evaluations.rules import Days

from .model import ALWAYS, YEAR, Org, Person, World

ONE_DAY = timedelta(days=1)


class Inventor:
    """Invents a world from a seed: many things happen near the ends of periods on purpose."""

    def __init__(self, seed, *, people, as_of):
        self.random = random.Random(seed)
        self.as_of = as_of
        self.world = World()
        self.many = people

    def chance(self, share):
        return self.random.random() < share

    def day(self, first=date(YEAR - 1, 10, 1), last=date(YEAR + 1, 2, 28)):
        """Any day, but often a first or last one of a month, of the year or of the period."""
        edges = [
            date(YEAR, 1, 1), date(YEAR - 1, 12, 31), date(YEAR, 12, 31), date(YEAR + 1, 1, 1),
            self.as_of, self.as_of + ONE_DAY, self.as_of - ONE_DAY, date(YEAR, 3, 31),
            date(YEAR, 4, 1), date(YEAR, 2, 28), date(YEAR, 7, 1), date(YEAR, 6, 30),
        ]  # fmt: skip
        if self.chance(0.4) and (near := [day for day in edges if first <= day <= last]):
            return self.random.choice(near)
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def make(self):
        self.make_tree()
        self.make_meetings()
        for number in range(self.many):
            self.make_person(f"M{number:03}")
        for person in self.world.people:
            self.attend(person)
        for unit, org in self.world.orgs.items():
            if self.chance(0.5 if org.grassroots else 0.1):
                percent = self.random.choice(["0", "25", "33.3333", "100"])
                self.world.caps[unit] = Decimal(percent)
        return self.world

    def add(self, code, kind, parent=None, *, grassroots=None, **fields):
        if grassroots is None:
            grassroots = kind == "grassroots_committee"
        org = Org(code, kind, grassroots, **fields)
        self.world.orgs[code] = org
        if parent:
            self.place(org, parent)
        return org

    def place(self, org, parent):
        """Under `parent` during all of its own life; sometimes under another one before."""
        above = self.world.orgs[parent]
        others = [
            other.code
            for other in self.world.orgs.values()
            if other.kind == above.kind and other is not above and other.days == ALWAYS
        ]
        if above.days == ALWAYS and others and org.days == ALWAYS and self.chance(0.3):
            moved_on = self.day()
            org.placements = [
                (self.random.choice(others), Days(None, moved_on - ONE_DAY)),
                (parent, Days(moved_on)),
            ]
        else:
            org.placements = [(parent, Days(org.days.first, org.days.last))]

    def make_tree(self):
        self.add("P", "province")
        for number in range(2):
            self.add(f"D{number}", "district", "P")
        for number in range(4):
            self.add(f"G{number}", "grassroots_committee", f"D{self.random.randint(0, 1)}")
        # One committee ended, after its branches went to another or ended as well.
        ended_on = self.day(last=self.as_of)
        self.add("GX", "grassroots_committee", "D0", days=Days(None, ended_on))
        self.add("BX0", "branch", "GX", days=Days(None, ended_on))
        self.add("SX", "sub_committee", "GX", days=Days(None, ended_on))
        self.add("BX1", "branch", "SX", days=Days(None, self.day(last=ended_on)))
        moved = self.add("BX2", "branch")
        moved.placements = [("GX", Days(None, ended_on)), ("G0", Days(ended_on + ONE_DAY))]
        for number in range(2):
            self.add(f"S{number}", "sub_committee", f"G{number}")
        for number in range(9):
            several = ["S0", "G0", "S1"][number : number + 1] or [
                "G0",
                "G1",
                "G2",
                "G3",
                "S0",
                "S1",
            ]
            parent = self.random.choice(several)
            branch = self.add(f"B{number}", "branch", parent)
            if self.chance(0.2):
                # It became, or ceased to be, a unit of its own.
                branch.grassroots = self.chance(0.5)
                branch.earlier = [(Days(None, self.day()), not branch.grassroots)]
        self.add("BG", "branch", "D1", grassroots=True)
        self.add("BA", "branch")  # stands alone
        self.add("BE", "branch", "G1", days=Days(None, self.day(last=self.as_of)))
        begins = self.day(first=date(YEAR, 3, 1))
        self.add("BN", "branch", "G2", days=Days(begins))
        self.add("C0", "cell", "B0")

    def branches(self):
        return [org for org in self.world.orgs.values() if org.kind == "branch"]

    def make_meetings(self):
        number = 0
        for branch in self.branches():
            days = [date(YEAR - 1, 12, 5), date(YEAR + 1, 1, 5)]
            days += [
                date(YEAR, month, self.random.choice([1, 3, 5, 28]))
                for month in range(1, 13)
                if self.chance(0.9)
            ]
            days += [self.day() for _extra in range(self.random.randint(0, 3))]
            for day in days:
                if day in branch.days:
                    kinds = ["regular"] * 6 + ["thematic", "extraordinary", "residents"]
                    kind = self.random.choice(kinds)
                    self.world.meetings[f"H{number:04}"] = (branch.code, day, kind)
                    number += 1

    def make_person(self, code):
        admitted_on = date(2001, 2, 3)
        if self.chance(0.15):
            half_a_year_ago = self.as_of - timedelta(days=183)
            admitted_on = half_a_year_ago + timedelta(days=self.random.randint(-4, 4))
            if self.chance(0.3):
                admitted_on = date(YEAR - 1, 8, self.random.randint(28, 31))
        person = Person(
            code,
            admitted_on,
            self.random.choice(["leader", "staff", "outside"]),
            self.stays_of(admitted_on),
        )
        if self.chance(0.1):
            person.left_on = max(self.day(), person.stays[-1][1].first)
        if self.chance(0.15):
            person.earlier_classes = [(Days(None, self.day()), self.random.choice(
                ["leader", "staff", "outside"]
            ))]  # fmt: skip
        person.statuses = self.statuses()
        if self.chance(0.2):
            for _number in range(self.random.randint(1, 2)):
                points = self.random.choice(["0", "1.5", "3", "7.25", "30"])
                person.deductions.append((self.day(), Decimal(points)))
        if self.chance(0.2):
            person.disciplines = list({self.day() for _number in range(2)})
        person.tasks = self.tasks()
        if self.chance(0.4):
            person.assignments = self.assignments(person.stays)
        self.world.people.append(person)

    def stays_of(self, admitted_on):
        """The present branch, and perhaps up to two before it, with or without gaps."""
        codes = [branch.code for branch in self.branches()] + ["B0", "B1"] * 6
        stays, since = [], admitted_on
        for _move in range(self.random.choice([0, 0, 0, 1, 1, 2])):
            if since > date(YEAR + 1, 3, 1):
                break
            until = self.day(first=max(since, date(YEAR - 1, 10, 1)), last=date(YEAR + 1, 4, 1))
            stays.append((self.random.choice(codes), Days(since, until)))
            since = until + timedelta(days=self.random.choice([1, 1, 1, 20]))
        return [*stays, (self.random.choice(codes), Days(since))]

    def statuses(self):
        found, since = [], date(YEAR - 1, 6, 1)
        while self.chance(0.3) and since < date(YEAR + 1, 3, 1):
            since = self.day(first=since, last=date(YEAR + 1, 3, 1))
            until = since + timedelta(days=self.random.choice([0, 6, 45, 400]))
            status = self.random.choice(["exempt", "suspended", "away", "away"])
            found.append((status, Days(since, until if self.chance(0.8) else None)))
            if found[-1][1].last is None:
                break
            since = until + ONE_DAY
        return found

    def tasks(self):
        states = ["confirmed"] * 7 + [
            "draft", "registered", "in_progress", "reported", "returned", "cancelled",
        ]  # fmt: skip
        lean = self.random.choice([["exceeded"], ["exceeded", "met"], ["met"], rules.OUTCOMES])
        found = []
        if self.chance(0.4):  # without fault, so that there are many for few places
            outcomes = self.random.choice([["exceeded"], ["exceeded", "met"], ["exceeded"] * 2])
            return [(YEAR, "confirmed", outcome, Decimal(1), None) for outcome in outcomes]
        for _number in range(self.random.choice([0, 1, 2, 3, 6])):
            state = self.random.choice(states)
            outcome = self.random.choice(lean) if state == "confirmed" else ""
            weight = self.random.choice(["1", "1", "2", "0.5", "3.3333"])
            due_on = self.day(date(YEAR, 1, 1), date(YEAR, 12, 31)) if self.chance(0.8) else None
            year = YEAR if self.chance(0.95) else YEAR - 1
            found.append((year, state, outcome, Decimal(weight), due_on))
        return found

    def assignments(self, stays):
        found = []
        targets = set(self.random.sample(sorted(self.world.orgs), self.random.randint(1, 2)))
        if self.chance(0.3):  # one that the own branch stands under
            targets.add(self.random.choice(self.world.above(stays[-1][0], self.as_of)))
        for target in sorted(targets):
            since = self.day(first=date(YEAR - 1, 6, 1))
            terms = self.terms()
            for _link in range(self.random.choice([1, 1, 2, 3, 6])):
                until = since + timedelta(days=self.random.choice([0, 9, 14, 31, 100, 400]))
                reviews = {
                    year: self.random.choice(["excellent", "good", "completed", "failed"])
                    for year in range(since.year, until.year + 1)
                    if self.chance(0.6)
                }
                found.append((target, Days(since, until), *terms, reviews))
                since = until + timedelta(days=self.random.choice([1, 1, 5]))
                if self.chance(0.3):
                    terms = self.terms()
        return found

    def terms(self):
        return self.random.choice([0, 1, 1, 2, 3, 31]), self.random.choice(
            ["month", "month", "quarter", "year"]
        )

    def attend(self, person):
        """Mostly the meetings of the own branches, some of the targets', a few of anywhere."""
        own = {branch for branch, _days in person.stays}
        targets = {target for target, *_rest in person.assignments}
        care = self.random.choice([0.3, 0.9, 0.98])
        mood = self.random.choice(
            [
                ["present"],
                ["present", "excused"],
                ["present", "excused", "unexcused"],
                ["unexcused"],
            ]
        )
        for code, (branch, _day, _kind) in self.world.meetings.items():
            is_target = bool(targets & set(self.world.above(branch, self.as_of)))
            if branch in own and self.chance(care):
                capacity = "assigned" if self.chance(0.5 if is_target else 0.05) else "member"
            elif is_target and self.chance(0.5):
                capacity = "member" if self.chance(0.05) else "assigned"
            elif self.chance(0.01):
                capacity = self.random.choice(["member", "assigned"])
            else:
                continue
            status = self.random.choice(mood if capacity == "member" else ["present"] * 5 + mood)
            person.roster.append((code, status, capacity, self.chance(0.9)))


def make_world(seed, *, people=40, as_of=date(YEAR, 12, 31)):
    """The world of a seed, for a roll-up with the cut-off date `as_of`."""
    return Inventor(seed, people=people, as_of=as_of).make()
