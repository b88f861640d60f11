"""Who can see this rating?"""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.access import readers_of_rating
from accounts.views.access import check_may_ask, render_readers
from branches.acting import acts

from ..models import Rating


@require_safe
@acts
def rating_readers(request, pk):
    """Who can see a rating on the day: those of the branch in which it was given."""
    rating = get_object_or_404(Rating.objects.with_people(), pk=pk)
    sees = Rating.objects.visible_to(request.user, on=request.acting.today).filter(pk=pk).exists()
    check_may_ask(request, rating.member, [rating.branch_id], sees=sees)
    readers = readers_of_rating(rating, on=request.acting.on)
    return render_readers(
        request,
        "evaluations/rating_readers.html",
        readers,
        rating=rating,
        branch=rating.branch,
        sees=sees,
    )
