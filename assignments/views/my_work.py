"""My work: what an assigned cadre has to do, and the button that says "I was there"."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from branches.acting import acts

from ..visits import my_work as work


@require_safe
@acts
def my_work(request):
    """Always as of today: on a day that is past nothing can be done any more."""
    cards = work.read_cards(request.user.member_id, today=request.acting.today)
    if cards:
        # The frame calls the reader by name: the row that it would ask for is at hand.
        request.user.member = cards[0].assignment.member
    return render(request, "assignments/my_work.html", {"cards": cards})
