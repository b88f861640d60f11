"""What the boxes offer in which one names a person or an organization, as JSON."""

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..acting import acts
from ..filters import search_people
from ..masking import CARD_NUMBER, sight_of
from ..models import Member, Organization
from ..templatetags.kinds import kind_label

MOST_OFFERED = 12


@require_safe
@never_cache
@acts
def pick_members(request):
    """Members whom the reader sees: `value` is what the box sends, `place` the branch of the day.

    Where the party card stands masked, the name is sent: it does when it is the only one.
    """
    acting, text = request.acting, _typed(request)
    visible = Member.objects.visible_to(request.user, on=acting.today)
    found = search_people(request, text, visible) if text else visible.none()
    rows = list(found.with_branch(on=acting.on).order_by("sort_key", "code")[:MOST_OFFERED])
    sight = sight_of(request)
    sight.look([row.pk for row in rows])
    return _offer(
        (
            row.code if sight.sees(CARD_NUMBER, row.pk) else row.full_name,
            row.full_name,
            row.branch_name_on,
            row,
        )
        for row in rows
    )


@require_safe
@never_cache
@acts
def pick_organizations(request):
    """Organizations that the reader sees and that exist on the day."""
    acting, text = request.acting, _typed(request)
    visible = Organization.objects.visible_to(request.user, on=acting.today).valid_on(acting.on)
    rows = visible.named(text, on=acting.on)[:MOST_OFFERED] if text else []
    return _offer((row.code, row.name_on, kind_label(row.kind_on), row) for row in rows)


def _typed(request):
    return request.GET.get("q", "").strip()[:200]


def _offer(answers):
    return JsonResponse(
        {
            "answers": [
                {"value": value, "text": text, "place": place or "", "id": row.pk}
                for value, text, place, row in answers
            ]
        }
    )
