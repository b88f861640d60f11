"""Who can see this?"""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from branches.acting import acts
from branches.models import Member, Membership, Organization

from .. import access
from ..models import User


@require_safe
@acts
def member_readers(request, pk):
    """Who can see a member on the day."""
    member = get_object_or_404(Member, pk=pk)
    membership = Membership.objects.valid_on(request.acting.today).filter(member=member)
    branch = Organization.objects.filter(pk__in=membership.values("branch")).first()
    sees = Member.objects.visible_to(request.user, on=request.acting.today).filter(pk=pk).exists()
    check_may_ask(request, member, branch, sees=sees)
    readers = access.readers_of_member(member, on=request.acting.on)
    return render_readers(
        request, "accounts/member_readers.html", readers, member=member, branch=branch, sees=sees
    )


def check_may_ask(request, member, branch, *, sees):
    """Who has access may be asked by the member, and by those who look after access to the branch.

    branch  the one that the row belongs to, or None
    sees    whether the reader sees the row itself: then it is 403 for others, else 404
    """
    if request.user.member_id == member.pk:
        return
    if branch and request.user.may("see_access", branch, on=request.acting.today):
        return
    raise PermissionDenied if sees else Http404


def render_readers(request, template, readers, **context):
    """The list of readers, with links to those users whom the reader may look at."""
    visible = User.objects.visible_to(request.user, on=request.acting.today)
    ids = {reader.user.pk for reader in readers}
    context |= {
        "readers": readers,
        "number": len(ids),
        "seen_users": set(visible.filter(pk__in=ids).values_list("pk", flat=True)),
        "above": Organization.objects.above(context["branch"], on=request.acting.on),
    }
    return render(request, template, context)
