"""Reorganizations that are undone, or meet one another."""

from importlib import import_module
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import translation

from accounts.choices import Role
from assignments.models import Assignment, Task
from assignments.reorganizing import plans
from assignments.services import reorganizing
from branches.models import (
    Organization,
    Reorganization,
    Succession,
)
from tests import builders as make

from .world import AT, DAY, TODAY, Place, everything


class TestUndo:
    def test_not_twice(self, place):
        done = place.do(place.merge())
        place.undo(done)
        with pytest.raises(ValidationError, match="undone already"):
            place.undo(done)

    @pytest.mark.parametrize(
        ("newer", "words"),
        [
            (lambda p, new: make.make_meeting(new, TODAY), "1 × "),
            (lambda p, new: make.move(p.members[0], p.three, on=TODAY), "changed again"),
            (lambda p, new: make.make_member(new, since=TODAY), "refer to what it made"),
            (lambda p, new: make.grant(make.make_user(), Role.OFFICE, new), "refer to what"),
            (
                lambda p, new: make.make_task(
                    p.cadre, p.two, 2026, assignment=Assignment.objects.get(target=new)
                ),
                "refer to what it made",
            ),
        ],
    )
    def test_not_beneath_what_is_newer(self, place, newer, words):
        done = place.do(place.merge())
        newer(place, Organization.objects.get(code="W-10"))
        with pytest.raises(ValidationError, match=words):
            place.undo(done)

    def test_not_beneath_rosters_of_the_branch_that_took_them_in(self, place):
        done = place.do(place.merge(into=place.two))
        make.attend(make.make_meeting(place.two, TODAY), place.members[0])
        with pytest.raises(ValidationError, match="rosters"):
            place.undo(done)

    def test_what_others_changed_in_a_row_that_went_over_stays(self, place):
        done = place.do(place.merge(work=plans.Work(tasks="go_over")))
        Task.objects.filter(pk=place.task.pk).update(state="reported")
        place.undo(done)
        place.task.refresh_from_db()
        assert (place.task.state, place.task.organization) == ("reported", place.one)

    def test_beneath_what_was_undone_or_changed_back(self, place):
        before = everything()
        first = place.do(place.merge())
        new = Organization.objects.get(code="W-10")
        second = place.do(plans.Rename(on=TODAY, organization=new, name="Khác"))
        with pytest.raises(ValidationError, match="changed again"):
            place.undo(first)
        place.undo(second)
        Assignment.objects.filter(target=new).update(visits_due=7)
        with pytest.raises(ValidationError, match="1 of the rows"):
            place.undo(first)
        Assignment.objects.filter(target=new).update(visits_due=2)
        place.undo(first)
        assert everything() == before

    def test_not_without_its_trail(self, place):
        done = place.do(place.merge())
        Reorganization.objects.update(entries=[])
        with pytest.raises(ValidationError, match="audit trail"):
            place.undo(done)

    def test_not_when_a_row_that_it_made_is_gone(self, place):
        done = place.do(place.merge())
        Succession.objects.filter(pk=Succession.objects.earliest("pk").pk).delete()
        with pytest.raises(ValidationError, match="1 of the rows"):
            place.undo(done)

    def test_is_for_who_may_reorganize_there(self, place):
        done = place.do(place.merge())
        ward_office = make.make_user()
        make.grant(ward_office, Role.OFFICE, place.district)
        with pytest.raises(PermissionDenied):
            reorganizing.undo(done, by=ward_office, today=TODAY, at=AT, reason="r")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_the_second_is_told():
    place = Place()
    digest = place.see(place.merge()).digest
    told = []

    def confirm():
        try:
            with translation.override("en"):
                place.do(place.merge(), digest=digest)
            told.append("done")
        except ValidationError:
            told.append("told")
        finally:
            connection.close()

    threads = [Thread(target=confirm) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "told"]
    assert Reorganization.objects.count() == 1
    assert Organization.objects.filter(code="W-10").count() == 1


@pytest.mark.django_db(transaction=True)
def test_those_made_before_they_kept_their_entries_find_them():
    place = Place()
    before = everything()
    with transaction.atomic():
        first = place.do(place.merge())
        second = place.do(plans.Rename(on=DAY, organization=place.three, name="Khác"))
    kept = [first.entries, second.entries]
    Reorganization.objects.update(entries=[])
    with connection.cursor() as cursor:
        cursor.execute(
            import_module("branches.migrations.0010_reorganization_entries").FIND_ENTRIES
        )
    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.entries, second.entries] == kept
    place.undo(first)
    place.undo(second)
    assert everything() == before
