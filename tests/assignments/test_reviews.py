"""Reviews of assigned cadres at the end of a year: one, or many in one list."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import JournalEntry
from assignments.models import Assignment, Review
from assignments.services.reviews import review_cadres
from branches.periods import period
from evaluations.reports import reviews as report
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.pages import count_queries, text_of

TODAY = date(2026, 12, 15)
AFTER = datetime(2027, 1, 5, tzinfo=UTC)
URL = "/reviews/"


class ReviewCase(TestCase):
    """Two wards with cadres of the district at their branches."""

    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward, branches = make.make_ward(parent=cls.district, branches=4)
        cls.other, (there,) = make.make_ward("X", parent=cls.district)
        directive = make.make_directive(cls.district)
        cls.assignments = [
            make.make_assignment(make.make_member(there), branch, directive=directive)
            for branch in branches
        ]
        cls.elsewhere = make.make_assignment(
            make.make_member(branches[0]), there, directive=directive
        )
        cls.office = make.make_user("office", member=cls.assignments[3].member)
        make.grant(cls.office, "office", cls.ward)
        cls.board = make.make_user("board")
        make.grant(cls.board, "board", cls.district)

    def write(self, *rows, year=2026, by=None, **values):
        rows = [(assignment, level, "") for assignment, level in rows]
        return review_cadres(rows, year=year, by=by or self.office, on=TODAY, **values)

    def levels(self):
        return dict(Review.objects.values_list("assignment__member__code", "level"))


class ServiceTests(ReviewCase):
    def test_many_at_once_by_the_committee_that_confirms(self):
        with CaptureQueriesContext(connection) as few:
            self.write((self.assignments[0], "good"))
        with CaptureQueriesContext(connection) as many:
            self.write((self.assignments[1], "excellent"), (self.assignments[2], "good"))
        assert len(many) == len(few)
        assert set(Review.objects.values_list("reviewer", flat=True)) == {self.ward.pk}

    def test_what_was_said_is_changed_with_a_reason(self):
        self.write((self.assignments[0], "good"))
        with pytest.raises(ValidationError) as refused:
            self.write((self.assignments[0], "excellent"))
        assert set(refused.value.message_dict) == {"reason"}
        assert self.write((self.assignments[0], "excellent"), reason="Bổ sung") == 1
        entry = JournalEntry.objects.filter(table_name="assignments_review").latest("pk")
        assert (entry.operation, entry.reason, entry.user) == ("update", "Bổ sung", self.office)

    def test_saying_the_same_again_changes_nothing(self):
        self.write((self.assignments[0], "good"))
        assert self.write((self.assignments[0], "good")) == 0

    def test_of_a_year_in_which_the_cadre_was_there(self):
        for year, row in ((2027, self.assignments[0]), (1999, self.assignments[0])):
            with pytest.raises(ValidationError):
                self.write((row, "good"), year=year)
        self.write((self.assignments[0], "good"), year=2025)

    def test_nobody_their_own_nor_another_committee_s(self):
        for row in (self.assignments[3], self.elsewhere):
            with pytest.raises(PermissionDenied):
                self.write((self.assignments[0], "good"), (row, "good"))
        with pytest.raises(PermissionDenied):
            self.write((self.assignments[0], "good"), by=self.board)
        assert not Review.objects.exists()

    def test_not_once_the_year_is_rated(self):
        self.write((self.assignments[0], "good"))
        roll_up_inline(self.district, year=2026, at=AFTER)
        with pytest.raises(ValidationError):
            self.write((self.assignments[0], "excellent"), reason="Bổ sung")
        # What was not said yet may be: the next roll-up counts it.
        assert self.write((self.assignments[1], "good")) == 1


class PageTests(ReviewCase):
    def setUp(self):
        self.client.force_login(self.office)
        self.year = timezone.localdate().year

    def said(self, *rows, **more):
        data = {}
        for assignment, level in rows:
            data |= {f"level-{assignment.pk}": level, f"comment-{assignment.pk}": ""}
        return data | more

    def post(self, *rows, **more):
        return self.client.post(URL, self.said(*rows, **more))

    def test_many_are_written_in_one_list(self):
        page = text_of(self.client.get(URL))
        for assignment in self.assignments[:3]:
            assert f'name="level-{assignment.pk}"' in page
        assert f'name="level-{self.assignments[3].pk}"' not in page  # one's own
        first, second, third = self.assignments[:3]
        self.post((first, "excellent"), (second, ""), (third, "good"))
        assert sorted(self.levels().values()) == ["excellent", "good"]
        counted = report(self.ward, year=self.year, on=timezone.localdate())
        counts = self.client.get(URL).context["counts"]
        assert (counts["reviewed"], counts["excellent"]) == (2, 1)
        assert (counted["reviewed"], counted["excellent"]) == (2, 1)

    def test_what_is_wrong_keeps_all_from_being_saved(self):
        first, second = self.assignments[:2]
        self.post((first, "good"))
        page = self.post((first, "excellent"), (second, "good"))
        assert page.status_code == 200
        assert "reason" in page.context["table"].form.errors
        assert list(self.levels().values()) == ["good"]
        self.post((first, "excellent"), (second, "good"), reason="Bổ sung")
        assert sorted(self.levels().values()) == ["excellent", "good"]

    def test_a_comment_without_a_level_is_asked_about(self):
        first = self.assignments[0]
        page = self.client.post(URL, {f"level-{first.pk}": "", f"comment-{first.pk}": "Tốt"})
        assert f"level-{first.pk}" in page.context["table"].form.errors

    def test_rows_that_one_does_not_review_are_refused(self):
        assert self.post((self.assignments[3], "excellent")).status_code == 403
        assert self.post((self.elsewhere, "excellent")).status_code == 403
        assert self.client.post(URL, {"level-99999": "good"}).status_code == 404
        assert not Review.objects.exists()

    def test_the_district_reads(self):
        self.post((self.assignments[0], "excellent"))
        self.client.force_login(self.board)
        page = text_of(self.client.get(URL))
        assert 'name="level-' not in page
        assert "level-excellent" in page
        assert self.post((self.assignments[1], "good")).status_code == 403

    def test_who_is_not_reviewed_yet(self):
        self.post((self.assignments[0], "good"))
        page = self.client.get(f"{URL}?level=none")
        assert len(page.context["table"].rows) == 3
        assert f'name="year" value="{self.year}"' in text_of(page)

    def test_a_year_without_assigned_cadres_asks_for_nothing(self):
        Assignment.objects.update(validity=period(date(self.year, 1, 1)))
        page = text_of(self.client.get(f"{URL}?year={self.year - 1}"))
        assert f"{self.year - 1}" in page
        assert "review-save" not in page
        assert "filter-wide" not in page
        assert "review-save" in text_of(self.client.get(URL))

    def test_one_with_a_comment(self):
        url = reverse("assignments:review_write", args=[self.assignments[0].pk, self.year])
        self.client.post(url, {"level": "excellent", "comment": "Sâu sát cơ sở"})
        review = Review.objects.get()
        assert (review.level, review.comment) == ("excellent", "Sâu sát cơ sở")
        changed = {"level": "good", "comment": "", "seen": "x"}
        assert self.client.post(url, changed).status_code == 200  # somebody was quicker
        assert Review.objects.get().level == "excellent"

    def test_the_cadre_reads_what_was_said(self):
        assignment = self.assignments[0]
        self.post((assignment, "excellent"))
        self.client.force_login(make.make_user("cadre", member=assignment.member))
        page = text_of(self.client.get(reverse("assignments:assignment", args=[assignment.pk])))
        assert "level-excellent" in page

    def test_as_many_queries_for_many(self):
        few = count_queries(self.client, URL)
        for number in range(8):
            branch = make.make_organization(parent=self.ward, code=f"W-9{number}")
            make.make_assignment(make.make_member(self.elsewhere.target), branch)
        assert count_queries(self.client, URL) == few <= 12
