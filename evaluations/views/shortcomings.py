"""Stating whether earlier shortcomings are mended."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.submitting import once
from branches.acting import acts

from ..forms.organization_ratings import ShortcomingsForm
from ..models import Appraisal
from ..services.shortcomings import state_for_member


@require_POST
@never_cache
@acts
@once
def shortcomings(request, pk):
    """What the branch states of a member."""
    scope = request.user.scope_for("see_ratings", on=request.acting.today)
    visible = Appraisal.objects.filter(cycle_branch__branch__in=scope.values("pk"))
    appraisal = get_object_or_404(visible.select_related("cycle", "cycle_branch__branch"), pk=pk)
    state(request, appraisal, state_for_member)
    return HttpResponseRedirect(request.acting.url("evaluations:appraisal", pk))


def state(request, row, service):
    """Write down what was posted, and say so."""
    form = ShortcomingsForm(request.POST)
    request.submitted_form = form
    try:
        if form.is_valid():
            values = {"by": request.user, "on": request.acting.today, "at": timezone.now()}
            service(row, **form.cleaned_data, **values)
            messages.success(request, _("The statement is saved."))
    except ValidationError as error:
        form.show(error)
    for texts in form.errors.values():
        messages.error(request, " ".join(texts))
