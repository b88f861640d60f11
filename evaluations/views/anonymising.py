"""Pages on which administrators anonymise members who left.

An administrator sees no members. These pages show what the decision needs: the name, the masked
party card, the branch and the day of leaving.
"""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches.acting import acts
from branches.models import Member
from branches.querysets import opened_to

from .. import anonymisation
from ..forms.anonymising import AnonymiseForm

ACTION = "anonymise_members"
ROWS = 200


@require_safe
@acts
def anonymisation_list(request):
    """Members whose retention period has passed."""
    acting = request.acting
    acting.require(ACTION)
    due = anonymisation.due_members(_members(request), on=acting.today)
    return render(
        request,
        "evaluations/anonymisations.html",
        {
            "members": due.with_branch(on=acting.today)[:ROWS],
            "count": due.count(),
            "again": _members(request).exclude(anonymised_on=None).count(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acts
def member_anonymise(request, pk):
    acting = request.acting
    member = get_object_or_404(_members(request).with_branch(on=acting.today), pk=pk)
    form = AnonymiseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            anonymisation.anonymise_member(
                member,
                by=request.user,
                on=acting.today,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
        except anonymisation.NotYet as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The member is anonymised."))
            return HttpResponseRedirect(acting.url("evaluations:anonymisations"))
    refusal = anonymisation.why_not_yet(member, on=acting.today)
    context = {"member": member, "form": form, "refusal": refusal}
    return render(request, "evaluations/anonymise.html", context)


def _members(request):
    """Those in the scope of the action, without the reader's own record."""
    on = request.acting.today
    opened = opened_to(request.user, ACTION, on=on)
    return Member.objects.filter(opened).exclude(pk=request.user.member_id)
