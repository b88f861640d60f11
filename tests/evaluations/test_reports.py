"""Reports on small worlds whose figures can be counted by hand."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase

from assignments.models import Delegation, Indicator, Opinion
from evaluations.models import OrganizationRating
from evaluations.reports import REPORTS, day_of_report
from tests import builders as make

YEAR, DAY = 2025, date(2025, 12, 31)


class ReportTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, cls.branches = make.make_ward("W", parent=cls.district, branches=3)
        cls.elsewhere, (cls.other_branch,) = make.make_ward("X")
        cls.members = [make.make_member(cls.branches[0]) for _ in range(4)]
        cls.cadre = make.make_member(cls.other_branch, code="C")

    def report(self, name, organization=None, **options):
        options = {"year": YEAR, "on": DAY} | options
        return REPORTS[name](organization or self.district, **options)

    def test_coverage(self):
        make.make_assignment(self.cadre, self.branches[0])
        make.make_assignment(self.cadre, self.branches[1])
        make.make_assignment(self.cadre, self.ward)
        make.make_assignment(self.cadre, self.branches[2], until=date(2025, 12, 30))
        make.make_assignment(self.cadre, self.other_branch)
        make.make_status(self.members[0], "exempt")
        make.make_status(self.members[1], "away")
        make.make_task(self.members[0], self.branches[0], YEAR)
        make.make_task(self.members[1], self.branches[0], YEAR, state="registered")
        make.make_task(self.members[2], self.branches[0], YEAR, state="draft")
        make.make_task(self.members[3], self.branches[0], YEAR - 1)
        assert self.report("coverage") == {
            "branches": 3,
            "branches_covered": 2,
            "cadres": 1,
            "assignments": 3,
            "active_members": 4,
            "exempt_members": 1,
            "members_due": 3,
            "members_tasked": 1,
            "tasked_rate": 33.33,
        }

    def test_coverage_looks_at_its_day(self):
        make.make_member(self.branches[0], since=date(2025, 7, 1))
        make.make_member(self.branches[0], left_on=date(2025, 6, 30), left_reason="deceased")
        counts = [
            self.report("coverage", on=day)["active_members"]
            for day in (date(2025, 6, 29), date(2025, 6, 30), date(2025, 7, 1))
        ]
        assert counts == [5, 4, 5]

    def test_coverage_of_nobody_has_no_rate(self):
        assert self.report("coverage", self.branches[1])["tasked_rate"] is None

    def test_reviews(self):
        for target, level in zip(self.branches, ["excellent", "excellent", "failed"], strict=True):
            make.make_review(make.make_assignment(self.cadre, target), YEAR, level)
        make.make_review(make.make_assignment(self.cadre, self.other_branch), YEAR)
        assert self.report("reviews") == {
            "reviewed": 3,
            "excellent": 2,
            "good": 0,
            "completed": 0,
            "failed": 1,
        }

    def test_results_leave_the_organization_itself_out(self):
        for organization in (self.district, self.ward, self.branches[0], self.elsewhere):
            OrganizationRating.objects.create(organization=organization, year=YEAR, level="good")
        assert self.report("results")["rated"] == 2
        assert self.report("results", self.ward)["good"] == 1

    def test_indicators(self):
        rows = [("b", 48, 24), ("a", None, 5), ("c", "710.5", None), ("d", 3, 2)]
        for name, target, actual in rows:
            Indicator.objects.create(
                organization=self.ward, year=YEAR, name=name, target=target, actual=actual
            )
        assert [(row["name"], row["target"], row["rate"]) for row in self.report("indicators")] == [
            ("a", None, None),
            ("b", 48, 50.0),
            ("c", 710.5, None),
            ("d", 3, 66.7),
        ]

    def test_opinions(self):
        meetings = [make.make_meeting(branch, date(2025, 3, 3)) for branch in self.branches[:2]]
        rows = [
            (meetings[0], "answered", None),
            (meetings[0], "referred", date(2025, 12, 30)),
            (meetings[1], "referred", DAY),
            (meetings[1], "resolved", date(2025, 4, 1)),
            (make.make_meeting(self.branches[2], date(2024, 3, 3)), "answered", None),
        ]
        for number, (meeting, state, due_on) in enumerate(rows):
            Opinion.objects.create(
                code=f"Y{number}",
                meeting=meeting,
                topic="Đường",
                content="…",
                state=state,
                due_on=due_on,
                referred_to=self.ward if state == "referred" else None,
            )
        assert self.report("opinions") == {
            "total": 4,
            "answered": 1,
            "referred": 2,
            "resolved": 1,
            "overdue": 1,
            "branches": 2,
        }

    def test_delegations(self):
        for number, day in enumerate([date(2025, 1, 1), DAY, date(2026, 1, 1)]):
            Delegation.objects.create(
                code=f"V{number}", lead=self.cadre, organization=self.ward, held_on=day, purpose="…"
            )
        assert self.report("delegations") == {"total": 2, "organizations": 1}

    def test_roster(self):
        for rank in ("committee_member", "secretary", "committee_member"):
            make.make_position(make.make_member(), self.district, rank=rank)
        make.make_position(make.make_member(), self.district, until=date(2025, 12, 30))
        make.make_position(self.cadre, self.district, rank="standing_member")
        make.make_position(self.cadre, self.ward, rank="secretary")
        assert self.report("roster") == {
            "positions": [
                {"rank": "secretary", "held": 1},
                {"rank": "standing_member", "held": 1},
                {"rank": "committee_member", "held": 2},
            ],
            "concurrent": [{"member_code": "C", "positions": 2}],
        }

    def test_the_tree_is_that_of_the_day(self):
        district = make.make_organization("district")
        placement = self.ward.placements.get()
        placement.validity = type(placement.validity)(None, DAY)
        placement.save()
        make.place(self.ward, district, since=DAY)
        assert self.report("coverage", on=date(2025, 12, 30))["branches"] == 3
        assert self.report("coverage")["branches"] == 0
        assert self.report("coverage", district)["branches"] == 3


class CommandTests(TestCase):
    def test_json_and_table(self):
        make.make_organization("district", code="D")
        for name in REPORTS:
            with self.subTest(report=name):
                out = StringIO()
                call_command("report", name, "--org=D", "--year=2025", "--format=json", stdout=out)
                assert json.loads(out.getvalue()) == REPORTS[name](
                    type(make.make_organization()).objects.get(code="D"), year=2025, on=DAY
                )
                call_command("report", name, "--org=D", stdout=out)

    def test_unknown_organization(self):
        with pytest.raises(CommandError, match="NONE"):
            call_command("report", "coverage", "--org=NONE")

    def test_years_and_days_that_are_none(self):
        make.make_organization("district", code="D")
        for options in (["--year=99999"], ["--year=0"], ["--on=31/2/2025"], ["--on=today"]):
            with self.subTest(options=options), pytest.raises(CommandError, match=r"--(year|on)"):
                call_command("report", "coverage", "--org=D", *options)

    def test_days_as_they_are_written(self):
        make.make_organization("district", code="D")
        call_command("report", "coverage", "--org=D", "--on=31/12/2025", stdout=StringIO())

    def test_default_day(self):
        today = date(2026, 5, 5)
        assert day_of_report(2026, today=today) == today
        assert day_of_report(2025, today=today) == date(2025, 12, 31)
