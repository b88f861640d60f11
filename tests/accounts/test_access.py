"""Who can see this? The answer is the other side of visible_to(), in every world there is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.test import TestCase
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from accounts import access
from accounts.choices import Role
from accounts.models import Grant, User
from accounts.rules import ROLES_FOR
from branches.models import Member, Organization, Placement
from branches.periods import period
from evaluations.models import Rating, RollUp
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make

FIRST = date(2025, 7, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(5)]
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def days_of(draw):
    """The bounds of a period that begins and ends on one of the days, or never."""
    since = draw(st.sampled_from([None, *DAYS]))
    until = draw(st.sampled_from([None, *(day for day in DAYS if not since or day >= since)]))
    return since, until


@st.composite
def worlds(draw):
    """Two wards with branches that move, members who move, and users with any roles anywhere."""
    district, other = (make.make_organization("district") for _ in range(2))
    wards = [make.make_organization("grassroots_committee", parent=district) for _ in range(2)]
    branches = [_wandering_branch(draw, wards) for _ in range(3)]
    members = [_wandering_member(draw, branches) for _ in range(4)]
    everywhere = [district, other, *wards, *branches]
    users = [make.make_user(member=draw(st.sampled_from([None, member]))) for member in members]
    for user in users:
        for role in draw(st.sets(st.sampled_from(Role.values), max_size=3)):
            _maybe_withdrawn(draw, user, role, draw(st.sampled_from(everywhere)))
    return users, members


def _wandering_branch(draw, wards):
    branch = make.make_organization(until=draw(st.sampled_from([None, None, DAYS[3]])))
    before, after = draw(st.sampled_from([wards, wards[::-1]]))
    moved_on = draw(st.sampled_from([None, *DAYS[1:3]]))
    if moved_on is None:
        make.place(branch, before)
    else:
        make.place(branch, before, until=moved_on - timedelta(days=1))
        make.place(branch, after, since=moved_on)
    return branch


def _wandering_member(draw, branches):
    member = make.make_member()
    since, until = DAYS[0], draw(st.sampled_from([*DAYS[1:], None]))
    member.memberships.create(branch=draw(st.sampled_from(branches)), validity=period(since, until))
    if until and until < DAYS[-1] and draw(st.booleans()):
        validity = period(until + timedelta(days=1))
        member.memberships.create(branch=draw(st.sampled_from(branches)), validity=validity)
    return member


def _maybe_withdrawn(draw, user, role, organization):
    since, until = days_of(draw)
    withdrawn_on = draw(st.sampled_from([None, None, *DAYS]))
    Grant.objects.create(
        user=user,
        role=role,
        organization=organization,
        validity=period(since, until),
        withdrawn_on=withdrawn_on,
        withdrawal_reason="x" if withdrawn_on else "",
    )


def make_rating(member, branch, roll_up):
    """A row as the roll-up writes it, with nothing counted."""
    counts = {
        each.name: 0
        for each in Rating._meta.concrete_fields
        if each.get_internal_type() == "SmallIntegerField"
    }
    return Rating.objects.create(
        roll_up=roll_up,
        member=member,
        branch=branch,
        unit=branch,
        person_class="staff",
        rated=True,
        capped=False,
        needs_decision=False,
        **counts,
    )


class AgreementTests(PropertyTestCase):
    @hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_the_readers_are_exactly_those_who_see_the_row(self, data):
        users, members = data.draw(worlds())
        ratings = self.rate(members)
        for day in DAYS:
            self.agree(users, day, Member, members, access.readers_of_member)
            self.agree(users, day, Rating, ratings, access.readers_of_rating)

    def agree(self, users, day, model, rows, readers_of):
        listed = {(row.pk, each.user.pk) for row in rows for each in readers_of(row, on=day)}
        seen = {
            (pk, user.pk)
            for user in users
            for pk in model.objects.visible_to(user, on=day).values_list("pk", flat=True)
        }
        assert listed == seen, f"{model.__name__} on {day}"

    def rate(self, members):
        organization = Organization.objects.filter(kind="district").first()
        roll_up = RollUp.objects.create(
            organization=organization,
            year=2025,
            as_of=DAYS[0],
            scheme_id=RollUp.scheme.field.related_model.objects.first().pk,
            requested_at=NOON,
        )
        return [
            make_rating(member, member.memberships.order_by("pk")[0].branch, roll_up)
            for member in members
        ]


class ReadersTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, (cls.branch,) = make.make_ward("W", parent=cls.district)
        cls.member = make.make_member(cls.branch)
        cls.leader, cls.secretary, cls.own, cls.administrator = (
            make.make_user(name) for name in ("leader", "secretary", "own", "administrator")
        )
        User.objects.filter(pk=cls.own.pk).update(member=cls.member)
        make.grant(cls.secretary, Role.SECRETARY, cls.branch)
        make.grant(cls.leader, Role.LEADER, cls.district)
        make.grant(cls.administrator, Role.ADMINISTRATOR, cls.ward)

    def names(self, readers):
        return [reader.user.username for reader in readers]

    def test_oneself_first_then_from_the_top_down_and_no_administrator(self):
        readers = access.readers_of_member(self.member, on=FIRST)
        assert self.names(readers) == ["own", "leader", "secretary"]
        assert readers[0].grant is None
        assert readers[1].grant.organization == self.district

    def test_says_which_part_a_role_opens(self):
        own, leader, secretary = access.readers_of_member(self.member, on=FIRST)
        contact, identity = (
            access.MEMBER_PARTS[part] for part in ("see_contact", "see_identity_number")
        )
        assert contact in own.parts
        assert contact in secretary.parts
        assert contact not in leader.parts
        assert identity not in secretary.parts

    def test_two_grants_are_two_rows(self):
        make.grant(self.leader, Role.AUDITOR, self.ward)
        assert self.names(access.readers_of_member(self.member, on=FIRST)).count("leader") == 2

    def test_a_rating_stays_with_the_branch_in_which_it_was_given(self):
        rating = roll_up_inline(self.ward, year=2025, at=NOON).ratings.get(member=self.member)
        there = make.make_ward("X")[1][0]
        newcomer = make.make_user("newcomer")
        make.grant(newcomer, Role.SECRETARY, there)
        make.move(self.member, there, on=date(2026, 1, 1))
        on = date(2026, 1, 2)
        assert self.names(access.readers_of_member(self.member, on=on)) == ["own", "newcomer"]
        readers = access.readers_of_rating(rating, on=on)
        assert self.names(readers) == ["own", "leader", "secretary"]

    def test_of_ones_own_rating_nothing_is_decided(self):
        rating = roll_up_inline(self.ward, year=2025, at=NOON).ratings.get(member=self.member)
        make.grant(self.own, Role.LEADER, self.ward)
        decides = access.RATING_PARTS["decide_ratings"]
        readers = access.readers_of_rating(rating, on=FIRST)
        assert self.names(readers) == ["own", "leader", "own", "secretary"]
        assert [decides in reader.parts for reader in readers] == [False, True, False, False]
        assert readers[0].parts == [access.RATING_PARTS["see_ratings"]]

    def test_nobody_reads_one_who_belongs_nowhere(self):
        assert access.readers_of_member(make.make_member(), on=FIRST) == []

    def test_costs_the_same_for_one_and_for_many(self):
        def cost():
            with self.assertNumQueries(3):
                return len(access.readers_of_member(self.member, on=FIRST))

        few = cost()
        for _number in range(20):
            make.grant(make.make_user(), Role.BOARD, self.ward)
        assert cost() == few + 20


class ReachTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", branches=2)
        cls.other_ward, (cls.elsewhere,) = make.make_ward("X")
        for branch in (cls.branch, cls.branch, cls.second, cls.elsewhere):
            make.make_member(branch)
        make.make_member(cls.second, left_on=DAYS[2], left_reason="resigned")
        cls.user = make.make_user()
        cls.grant = make.grant(cls.user, Role.LEADER, cls.ward)

    def reach(self, on):
        grant = access.with_reach(Grant.objects.filter(pk=self.grant.pk), on=on).get()
        return grant.organizations, grant.members

    def listed(self, on):
        """The same as the lists of the user show it."""
        organizations = Organization.objects.visible_to(self.user, on=on).valid_on(on)
        members = Member.objects.visible_to(self.user, on=on)
        return organizations.count(), members.in_branches(organizations, on=on).count()

    def test_counts_what_the_lists_show_on_each_day(self):
        Organization.objects.filter(pk=self.second.pk).update(validity=period(None, DAYS[3]))
        Placement.objects.filter(organization=self.elsewhere).update(validity=period(None, DAYS[0]))
        make.place(self.elsewhere, self.ward, since=DAYS[1])
        self.second.memberships.update(validity=period(make.LONG_AGO, DAYS[3]))
        expected = [(3, 4), (4, 5), (4, 4), (4, 4), (3, 3)]
        assert [self.reach(day) for day in DAYS] == expected
        assert [self.listed(day) for day in DAYS] == expected

    def test_every_role_may_see_or_do_something(self):
        for role in Role.values:
            assert access.parts_of(role, access.REACH_PARTS), role


def documented():
    """{action: roles} of the first table in docs/access.md."""
    text = (settings.BASE_DIR / "docs" / "access.md").read_text(encoding="utf-8")
    table = text[text.index("\n|") + 1 :].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    roles = rows[0][2:]
    return {
        action.strip("`"): {role for role, mark in zip(roles, marks, strict=True) if mark == "●"}
        for action, _words, *marks in rows[2:]
    }


def test_the_document_says_what_the_code_does():
    assert documented() == {action: set(roles) for action, roles in ROLES_FOR.items()}


@pytest.mark.parametrize("parts", [access.MEMBER_PARTS, access.RATING_PARTS, access.REACH_PARTS])
def test_every_part_is_an_action(parts):
    assert set(parts) <= set(ROLES_FOR)
