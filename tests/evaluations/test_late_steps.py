"""Who is reminded of steps of a cycle that are late, and of what."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone, translation

from accounts.choices import Role
from assignments.reminding import due_for
from assignments.services.reminders import remind, send_digests
from evaluations.choices import StepKind
from tests import builders as make
from tests.year_end import NOON, TODAY, do_steps, open_small_cycle

pytestmark = pytest.mark.django_db

LAST = date(2025, 12, 20)
DAYS = dict.fromkeys(StepKind) | {StepKind.VOTE: LAST, StepKind.DECISION: TODAY}


@pytest.fixture
def small():
    """Two branches of a ward whose vote is late."""
    return open_small_cycle(units=1, branches=2, suggested=False, steps=DAYS)


def holder(role, organization):
    user = make.make_user()
    user.email = f"{user.username}@example.vn"
    user.save()
    make.grant(user, role, organization)
    return user


def told(user, on=TODAY):
    with translation.override("en"):
        return [
            (each.place_id, each.number, each.words(on=on), each.address())
            for each in due_for(user, on=on)
            if each.kind == "step_late"
        ]


def test_the_secretary_the_leader_and_the_board(small):
    first, second = small.branches
    ward = small.units[0]
    own, above = holder(Role.SECRETARY, second), holder(Role.SECRETARY, ward)
    leader, board = holder(Role.LEADER, ward), holder(Role.BOARD, small.district)
    [(place, _number, words, address)] = told(own)
    assert place == second.pk
    assert "20/12/2025" in words
    assert address == small.cycle_branches[1].get_absolute_url()
    assert [place for place, *_rest in told(above)] == [first.pk]  # nobody nearer keeps it
    assert told(leader) == []
    [(place, number, words, address)] = told(board)
    assert (place, number) == (small.district.pk, 2)
    assert address.startswith(small.cycle.get_absolute_url())
    # When the branch has voted, it is for the committee that decides.
    do_steps(small.cycle_branches[1], before=StepKind.VOTE, by=small.by)
    small.cycle_branches[1].done.create(kind="vote", done_at=NOON, done_by=small.by)
    tomorrow = TODAY + timedelta(1)
    assert told(own, on=tomorrow) == []
    [(place, number, words, _address)] = told(leader, on=tomorrow)
    assert (place, number) == (ward.pk, 1)
    assert told(board, on=tomorrow)[0][1] == 2


def test_nothing_on_the_last_day_long_after_or_to_others(small):
    own = holder(Role.SECRETARY, small.branches[1])
    other = make.make_organization("district", code="E")
    assert told(holder(Role.BOARD, other)) == []
    assert told(holder(Role.AUDITOR, small.district)) == []
    assert told(own, on=LAST) == []
    assert told(own, on=LAST + timedelta(1))
    assert told(own, on=LAST + timedelta(90)) == []


def test_it_goes_out_by_mail_once(small, settings):
    settings.EMAIL_CONFIGURED = True
    own = holder(Role.SECRETARY, small.branches[1])
    assert own.pk in remind(on=TODAY, at=NOON)
    assert send_digests([own.pk], on=TODAY, at=NOON) == 1
    assert "20/12/2025" in mail.outbox[0].body
    assert send_digests([own.pk], on=TODAY, at=timezone.now()) == 0
