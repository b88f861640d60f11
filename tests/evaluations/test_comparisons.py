"""The board compared: with the run before, with other years, five years in a row."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from accounts.choices import Role
from branches.acting import Acting
from evaluations.board.history import five_years, history_of, set_histories
from evaluations.models import Rating
from evaluations.rolling_up.runs import latest_runs, ratings_of
from evaluations.services.cycles import open_cycle
from evaluations.services.decisions import decide
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.pages import count_queries, text_of
from tests.year_end import (
    NOON,
    TODAY,
    YEAR,
    make_everybody,
    open_small_cycle,
    suggest,
    vote_simply,
)

pytestmark = pytest.mark.django_db
EARLY = datetime(2019, 1, 5, 12, tzinfo=UTC)


class Ward:
    """A ward with two branches and a leader who reads its board; runs are hours apart."""

    def __init__(self):
        self.district = make.make_organization("district", code="D")
        self.ward, (self.branch, self.second) = make.make_ward(
            "W", parent=self.district, branches=2
        )
        self.leader = make.make_user()
        make.grant(self.leader, Role.LEADER, self.ward)
        self.runs = 0

    def member(self, code, outcome="met", *, year=2018, branch=None):
        member = make.make_member(branch or self.branch, code=code)
        self.task(member, outcome, year=year)
        return member

    def task(self, member, outcome, *, year=2018):
        make.make_task(member, self.branch, year, outcome=outcome)

    def run(self, organization=None, *, year=2018):
        self.runs += 1
        at = EARLY + timedelta(hours=self.runs)
        return roll_up_inline(organization or self.ward, year=year, at=at)


@pytest.fixture
def ward(client):
    ward = Ward()
    client.force_login(ward.leader)
    return ward


def leave(member):
    member.left_on, member.left_reason = date(2018, 6, 1), "deceased"
    member.save()


def changes(client, **query):
    return client.get(reverse("evaluations:board_changes"), {"year": 2018, **query})


def changed(client, **query):
    return [row.record.member.code for row in changes(client, **query).context["table"].rows]


class TestChanges:
    def test_without_an_earlier_run_it_says_so(self, client, ward):
        ward.member("M1")
        ward.run()
        page = changes(client)
        assert page.context["earlier"] == []
        assert "table" not in page.context

    def test_the_same_records_give_no_change(self, client, ward):
        ward.member("M1")
        ward.run()
        ward.run()
        assert changed(client) == []

    def test_who_changed_level_and_by_what(self, client, ward):
        worse, _same = ward.member("M1"), ward.member("M2")
        ward.run()
        ward.task(worse, "late")
        ward.member("M3")
        ward.run()
        assert changed(client) == ["M1", "M3"]
        assert changed(client, change="down") == ["M1"]
        assert changed(client, change="new") == ["M3"]
        numbers = changes(client).context["numbers"]
        assert (numbers["down"], numbers["new"], numbers["up"]) == (1, 1, 0)
        (row,) = changes(client, change="down").context["table"].page.object_list.data
        assert (row.before_suggested_level, row.suggested_level) == ("good", "completed")
        assert ("tasks_late", 0, 1) in row.facts_changed

    def test_each_kind_of_change_is_one_of_them(self, client, ward):
        codes = dict.fromkeys(ward.member(f"M{number}").code for number in range(1, 8))
        before, now = (Rating.objects.filter(roll_up=ward.run()) for _run in range(2))
        not_rated = {"rated": False, "suggested_level": "", "score": None}
        for ratings, code, kind, values in (
            (before, "M2", "score", {"score": 1}),
            (before, "M3", "needs_decision", {"needs_decision": ~F("needs_decision")}),
            (before, "M4", "rated", not_rated),
            (before, "M5", "down", {"suggested_level": "excellent"}),
            (before, "M6", "up", {"suggested_level": "completed"}),
            (now, "M7", "not_rated", not_rated),
        ):
            assert ratings.filter(member__code=code).update(**values)
            codes[code] = kind
        numbers = changes(client).context["numbers"]
        for code, kind in codes.items():
            if kind:
                assert (changed(client, change=kind), numbers[kind]) == ([code], 1)
        assert sum(numbers.values()) == len(changed(client)) == 6

    def test_compares_with_the_run_before_and_no_older_one(self, client, ward):
        member = ward.member("M1")
        ward.run()
        ward.task(member, "late")
        ward.run()
        ward.run()
        assert changed(client) == []

    def test_each_unit_is_compared_with_its_own_run(self, client, ward):
        other, (branch,) = make.make_ward("V", parent=ward.district)
        mine, theirs = ward.member("M1"), ward.member("M2", branch=branch)
        make.grant(ward.leader, Role.LEADER, ward.district)
        ward.run(ward.district)
        ward.task(mine, "late")
        ward.task(theirs, "late")
        ward.run()
        ward.run(other)
        ward.run()
        earlier = changes(client, org=ward.district.pk).context["earlier"]
        assert len(earlier) == 2
        assert changed(client, org=ward.district.pk) == ["M2"]

    def test_who_is_counted_nowhere_any_more(self, client, ward):
        member = ward.member("M1")
        ward.member("M2")
        ward.run()
        leave(member)
        ward.run()
        (gone,) = changes(client).context["gone"]
        assert gone.member == member
        assert changed(client) == []

    def test_shows_nothing_of_branches_that_one_does_not_answer_for(self, client, ward):
        mine, other = ward.member("M1"), ward.member("M2", branch=ward.second)
        secretary = make.make_user()
        make.grant(secretary, Role.SECRETARY, ward.branch)
        ward.run()
        ward.task(mine, "late")
        ward.task(other, "late")
        leave(other)
        ward.run()
        client.force_login(secretary)
        assert changed(client) == ["M1"]
        assert changes(client).context["gone"] == []

    def test_cost_does_not_grow(self, client, ward):
        members = [ward.member(f"M{number}") for number in range(2)]
        ward.run()
        ward.task(members[0], "late")
        ward.run()
        url = f"{reverse('evaluations:board_changes')}?org={ward.ward.pk}&year=2018"
        few = count_queries(client, url)
        for number in range(10, 30):
            ward.member(f"M{number}")
        ward.run()
        assert count_queries(client, url) <= few <= 12


class TestYears:
    def get(self, client, **query):
        return client.get(reverse("evaluations:board_years"), query)

    def test_years_stand_beside_each_other(self, client, ward):
        member = ward.member("M1", "late", year=2017)
        ward.task(member, "met", year=2018)
        ward.run(year=2017)
        ward.run(year=2018)
        years = self.get(client).context["compared"].years
        assert [each.year for each in years] == [2017, 2018]
        assert [each.levels["good"] for each in years] == [0, 1]
        assert [each.good for each in years] == [0, 100]
        chart = self.get(client).context["chart"]
        assert chart["labels"] == ["2017", "2018"]
        assert chart["series"][1]["data"] == [0, 100]

    def test_decided_levels_count_before_suggested_ones(self, client):
        small = open_small_cycle(units=1, branches=1)
        vote_simply(small.cycle_branches[0], by=small.by)
        rows = small.cycle.appraisals.filter(member__code="D-1-1-M2")
        decide(rows, level="failed", reason="x", decided_on=TODAY, by=small.by, on=TODAY, at=NOON)
        client.force_login(small.by)
        (year,) = self.get(client, year=YEAR).context["compared"].years
        assert (year.levels["failed"], year.decided, year.rated) == (1, 1, 3)

    def test_units_beside_each_other_in_a_district(self, client, ward):
        _other, (branch,) = make.make_ward("V", parent=ward.district)
        ward.member("M1")
        ward.member("M2", "late", branch=branch)
        make.grant(ward.leader, Role.LEADER, ward.district)
        ward.run(ward.district)
        units = self.get(client, org=ward.district.pk).context["units"]
        assert [(unit.code, years[0].good) for unit, years in units] == [("V", 0), ("W", 100)]

    def test_nothing_rated(self, client, ward):
        assert self.get(client).context["compared"] is None

    def test_costs_the_same_for_any_number_of_years(self, client, ward):
        member = ward.member("M1")
        ward.run()
        url = f"{reverse('evaluations:board_years')}?org={ward.ward.pk}"
        few = count_queries(client, url)
        for year in (2015, 2016, 2017):
            ward.task(member, "met", year=year)
            ward.run(year=year)
        assert count_queries(client, url) == few <= 12


class TestFiveYears:
    def get(self, client, **query):
        return client.get(reverse("evaluations:five_years"), {"year": 2018, **query})

    def codes(self, client, **query):
        return [row.record.member.code for row in self.get(client, **query).context["table"].rows]

    @pytest.fixture
    def rated(self, ward):
        """M1 was good for five years, M2 for four, M3 in all but the middle one."""
        people = [make.make_member(ward.branch, code=f"M{number}") for number in (1, 2, 3)]
        for year in range(2014, 2019):
            for member in people:
                late = (member.code, year) in (("M2", 2014), ("M3", 2016))
                ward.task(member, "late" if late else "met", year=year)
            ward.run(year=year)
        return people

    def test_lists_those_with_five_years(self, client, rated):
        assert self.codes(client) == ["M1"]
        assert self.codes(client, level="excellent") == []
        assert self.codes(client, basis="decided") == []
        assert self.codes(client, year=2017) == []
        assert "2014" in text_of(self.get(client))

    def test_the_file_has_the_rows_of_the_list(self, client, ward, rated):
        make.grant(ward.leader, Role.BOARD, ward.ward)
        url = self.get(client).context["downloads"][0]["url"]
        text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
        _heading, row = text.splitlines()
        assert row.startswith(rated[0].full_name)
        assert row.count("201") == 5

    def test_nobody_without_the_right_gets_the_file(self, client, ward, rated):
        office = make.make_user()
        make.grant(office, Role.OFFICE, ward.ward)
        client.force_login(office)
        assert self.get(client).context["downloads"] == []
        url = reverse("accounts:list_download", args=["csv"])
        assert client.get(url, {"list": "evaluations:five_years"}).status_code == 403

    def test_on_the_member_page_and_the_rating(self, client, rated):
        for url in (
            reverse("branches:member", args=[rated[0].pk]),
            Rating.objects.filter(member=rated[0]).order_by("-pk").first().get_absolute_url(),
        ):
            assert "five-years" in text_of(client.get(url))

    def test_a_gap_ends_the_row(self, rated, ward):
        acting = acting_for(ward)
        good = {member.code: history_of(member.pk, acting, until=2018).good for member in rated}
        assert good == {"M1": 5, "M2": 4, "M3": 2}
        assert history_of(rated[0].pk, acting, until=2020).good == 0

    def test_the_list_agrees_with_each_history(self, ward):
        """With decisions in two of the years, for who sees them and who does not yet."""
        people = [make.make_member(ward.branch, code=f"M{number}") for number in range(6)]
        for year in range(2014, 2019):
            for number, member in enumerate(people):
                late = (number, year) in ((1, 2016), (2, 2014), (3, 2018))
                ward.task(member, "late" if late else "met", year=year)
            ward.run(ward.district, year=year)
        by = make_everybody(ward.district)
        for year, levels in ((2016, {1: "good", 4: "completed"}), (2018, {3: "good", 5: "failed"})):
            decide_levels(ward, year, {people[at]: level for at, level in levels.items()}, by=by)
        own = make.make_user(member=people[5])
        today, before = date(2026, 1, 6), date(2026, 1, 4)
        found = [
            names_beside_histories(Acting(user, ward.district, on, today, [ward.district]))
            for user, on in ((by, today), (by, before), (own, today))
        ]
        assert found == [["M0", "M1", "M3"], ["M0", "M4", "M5"], ["M5"]]

    def test_cost_does_not_grow(self, client, ward, rated):
        url = f"{reverse('evaluations:five_years')}?org={ward.ward.pk}&year=2018"
        few = count_queries(client, url)
        for number in range(10, 20):
            member = make.make_member(ward.branch, code=f"M{number}")
            for year in range(2014, 2019):
                ward.task(member, "met", year=year)
        for year in range(2014, 2019):
            ward.run(year=year)
        assert len(self.codes(client)) == 11
        assert count_queries(client, url) == few <= 12


def decide_levels(ward, year, levels, *, by):
    """A cycle of the year in which these members get their levels, and no notice is given."""
    cycle = open_cycle(ward.district, year=year, by=by, on=TODAY, at=NOON)
    suggest(cycle, by=by)
    for branch in cycle.branches.all():
        vote_simply(branch, by=by)
    for member, level in levels.items():
        rows = cycle.appraisals.filter(member=member)
        decide(rows, level=level, reason="x", decided_on=TODAY, by=by, on=TODAY, at=NOON)


def names_beside_histories(acting):
    """The codes of the list, which are those of whose history says so member by member."""
    runs = latest_runs(acting)
    everybody = list(ratings_of(acting, runs, year=2018))
    set_histories(everybody, acting, until=2018)
    for decided_alone in (False, True):
        good = {
            each.pk
            for each in everybody
            if each.history.good == 5
            and (not decided_alone or all(line.is_decided for line in each.history.years))
        }
        rows = five_years(acting, runs, until=2018, decided_alone=decided_alone)
        assert {each.pk for each in rows} == good
    rows = five_years(acting, runs, until=2018).select_related("member")
    return sorted(each.member.code for each in rows)


def acting_for(ward):
    """What a page of the ward knows of its reader today."""
    today = date(2026, 1, 5)
    return Acting(ward.leader, ward.ward, today, today)
