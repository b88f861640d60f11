"""Rows at hand as of a day: names of organizations, and periods."""

from datetime import date, timedelta
from types import SimpleNamespace

from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from branches.as_of import as_of
from branches.models import Organization
from branches.periods import period, seen_on
from branches.templatetags.acting import period_words
from tests.builders import make_organization

TODAY = date(2025, 7, 1)


class AsOfTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.renamed = make_organization(code="CB-1", name="New name", grassroots=False)
        cls.other = make_organization(code="CB-2", name="Other")
        cls.renamed.earlier.create(
            validity=period(None, TODAY - timedelta(1)),
            name="Old name",
            kind="branch",
            grassroots=True,
        )

    def test_names_the_facts_of_the_day(self):
        first = Organization.objects.get(pk=self.renamed.pk)
        again = Organization.objects.get(pk=self.renamed.pk)
        with self.assertNumQueries(1):
            as_of([first, None, again, self.other], on=TODAY - timedelta(1))
        assert [str(first), str(again), str(self.other)] == ["Old name", "Old name", "Other"]
        assert (first.kind_on, first.grassroots_on) == ("branch", True)

    def test_another_day_takes_the_place_of_the_first(self):
        row = Organization.objects.on(TODAY - timedelta(1)).get(pk=self.renamed.pk)
        assert str(row) == "Old name"
        as_of([row], on=TODAY)
        assert str(row) == "New name"

    def test_nothing_asks_nothing(self):
        with self.assertNumQueries(0):
            assert as_of([None], on=timezone.localdate()) == []


class SeenOnTests(SimpleTestCase):
    ended = period(date(2025, 1, 1), date(2025, 6, 30))

    def test_an_end_that_had_not_happened_is_left_out(self):
        assert seen_on(self.ended, on=date(2025, 6, 30), today=TODAY) == period(date(2025, 1, 1))

    def test_an_end_that_had_happened_stays(self):
        assert seen_on(self.ended, on=date(2025, 7, 1), today=date(2025, 7, 2)) == self.ended

    def test_today_shows_planned_ends(self):
        planned = period(date(2025, 1, 1), date(2025, 12, 31))
        assert seen_on(planned, on=TODAY, today=TODAY) == planned

    def test_words_take_the_day_from_what_a_page_acts_with(self):
        past = SimpleNamespace(on=date(2025, 3, 1), today=TODAY)
        assert period_words(self.ended, past) == period_words(period(date(2025, 1, 1)))
        assert period_words(self.ended) != period_words(self.ended, past)
