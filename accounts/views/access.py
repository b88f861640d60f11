"""Who can see this?"""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from branches.acting import acts
from branches.as_of import as_of
from branches.models import Member, Organization

from .. import access
from ..models import User


@require_safe
@acts
def member_readers(request, pk):
    """Who can see a member on the day."""
    acting = request.acting
    member = get_object_or_404(Member, pk=pk)
    sees = Member.objects.visible_to(request.user, on=acting.today).filter(pk=pk).exists()
    check_may_ask(request, member, access.branch_of(member, on=acting.today), sees=sees)
    branches = Organization.objects.on(acting.on)
    branch = branches.filter(pk__in=access.branch_of(member, on=acting.on)).first()
    readers = access.readers_of_member(member, on=acting.on)
    return render_readers(
        request, "accounts/member_readers.html", readers, member=member, branch=branch, sees=sees
    )


def check_may_ask(request, member, branch, *, sees):
    """Raise 403, or 404 where the reader does not see the row itself, for whoever may not ask.

    branch  the id of the branch that the row belongs to, in a list or a queryset
    """
    if not access.may_ask(request.user, member, branch, on=request.acting.today):
        raise PermissionDenied if sees else Http404


def render_readers(request, template, readers, *, branch, **context):
    """The list of readers, with links to those users whom the reader may look at."""
    visible = User.objects.visible_to(request.user, on=request.acting.today)
    ids = {reader.user.pk for reader in readers}
    on = request.acting.on
    as_of((branch, *(reader.grant.organization for reader in readers if reader.grant)), on=on)
    context |= {
        "readers": readers,
        "number": len(ids),
        "seen_users": set(visible.filter(pk__in=ids).values_list("pk", flat=True)),
        "branch": branch,
        "above": Organization.objects.above(branch, on=on),
    }
    return render(request, template, context)
