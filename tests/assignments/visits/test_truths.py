"""What the database holds of visits, and what a rating takes of them."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from assignments.models import Visit
from assignments.services.visits import (
    correct_visit,
    reopen_visit,
    withdraw_visit,
)
from evaluations.models import Rating
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make

from .world import AFTER_YEAR, DAY, NOW, VisitCase


class DatabaseTests(VisitCase):
    def refuses(self, name, **values):
        with pytest.raises(IntegrityError) as caught:
            self.make_checked(**values)
        assert caught.value.__cause__.diag.constraint_name == name

    def make_checked(self, *, of=None, **values):
        with transaction.atomic():
            visit = make.make_visit(self.assignment, self.branch, DAY, **values)
            Visit.objects.filter(pk=visit.pk).update(member=of or self.cadre)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_a_claim_is_of_an_assigned_branch(self):
        with pytest.raises(IntegrityError, match="is not assigned to"):
            make.make_visit(self.assignment, self.home, DAY)

    def test_a_claim_is_not_of_ones_own_branch(self):
        wide = make.make_assignment(self.cadre, self.ward)
        with pytest.raises(IntegrityError, match="that is no visit"):
            make.make_visit(wide, self.home, DAY)

    def test_the_assignment_is_the_cadres_own(self):
        self.refuses("visit_of_the_assigned_member", of=make.make_member(self.home))

    def test_a_meeting_is_of_the_branch_and_day(self):
        elsewhere = make.make_meeting(self.branch, date(2026, 3, 6))
        self.refuses("visit_at_a_meeting_of_the_day", meeting=elsewhere)

    def test_one_visit_of_a_meeting(self):
        meeting = make.make_meeting(self.branch, DAY)
        make.make_visit(self.assignment, self.branch, DAY, meeting=meeting)
        self.refuses("visit_once_a_meeting", meeting=meeting)

    def test_one_visit_of_a_day_without_a_meeting(self):
        make.make_visit(self.assignment, self.branch, DAY)
        self.refuses("visit_once_a_day")

    def test_a_decision_is_whole(self):
        decided = {"decision": "confirmed", "decided_at": NOW, "decided_by": self.office}
        refused = decided | {"decision": "refused"}
        self.refuses("visit_confirmed_at_a_meeting", **decided)
        self.refuses("visit_refused_with_a_reason", **refused)
        unknown = refused | {"decision_reason": "Vì", "decided_by": None}
        self.refuses("visit_decided_by_somebody", **unknown)
        self.refuses("visit_disputed_with_a_reason", disputed_at=NOW, disputed_by=self.office)

    def test_nobody_confirms_who_was_not_there(self):
        self.refuses(
            "visit_confirmed_of_somebody_who_was_there",
            meeting=make.make_meeting(self.branch, DAY),
            claimed_at=None,
            stated="excused",
            stated_at=NOW,
            decision="confirmed",
            decided_at=NOW,
            decided_by=self.office,
        )

    def test_not_of_a_member_who_was_merged(self):
        kept = make.make_member(self.home)
        self.cadre.merged_into, self.cadre.merged_on = kept, DAY
        self.cadre.save()
        self.refuses("member_not_merged")


class RollUpTests(VisitCase):
    """The result of the three facts is what the rating counts."""

    def setUp(self):
        self.meeting = make.make_meeting(self.branch, DAY)
        make.make_meeting(self.branch, date(2026, 4, 5))

    def credited(self):
        roll_up = roll_up_inline(self.ward, year=2026, at=AFTER_YEAR)
        rating = Rating.objects.get(roll_up=roll_up, member=self.cadre)
        return rating.duty_required, rating.duty_credited

    def test_confirmed_counts_one(self):
        self.log()
        self.confirm(self.state(self.meeting))
        assert self.credited() == (2, 1)

    def test_unconfirmed_counts_none(self):
        self.log()
        assert self.credited() == (2, 0)

    def test_disputed_counts_none(self):
        self.log()
        self.state(self.meeting, "unexcused")
        assert self.credited() == (2, 0)

    def test_stated_absent_counts_none(self):
        self.state(self.meeting, "excused")
        assert self.credited() == (2, 0)

    def test_once_the_year_is_rated_what_was_decided_stays(self):
        visit = self.confirm(self.log())[0]
        waiting = self.log(held_on=date(2026, 3, 6))
        self.credited()
        at = AFTER_YEAR
        self.refused(reopen_visit, visit, reason="Nhầm", by=self.office, at=at)
        self.refused(correct_visit, visit, note="Mới", reason="Nhầm", by=self.user, at=at)
        self.refused(withdraw_visit, visit, reason="Nhầm", by=self.user, at=at)
        assert self.confirm(waiting)[0].state == "confirmed"
