"""Disciplines of organizations: the list, entering one, taking an entry back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.submitting import once
from assignments.forms.reasons import ReasonForm
from branches.acting import acts
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Organization

from ..forms.organization_disciplines import OrganizationDisciplineEntryForm
from ..models import OrganizationDiscipline
from ..services import organization_disciplines as services
from ..tables.organizations import DisciplineTable

PAGE = "evaluations:organization_disciplines"


@require_safe
@acts
def organization_disciplines(request):
    """The decisions against organizations at or below the one acted for, up to the day."""
    acting = request.acting
    acting.require("see_ratings")
    rows = OrganizationDiscipline.objects.filter(
        organization__in=request.user.scope_for("see_ratings", on=acting.today).values("pk"),
        decided_on__lte=acting.on,
    )
    here = Organization.objects.below(acting.organization, on=acting.on).values("pk")
    rows = rows.filter(organization__in=here).select_related("organization")
    return render_list(
        request,
        "evaluations/organization_disciplines.html",
        table=DisciplineTable(rows, withdraws=_may_record(acting)),
        counted=ngettext_lazy("%(number)s decision", "%(number)s decisions", "count"),
        may_record=_may_record(acting),
        empty_title=_("No discipline of an organization is recorded."),
        empty_text=_("What is recorded here counts in the ratings of organizations."),
    )


def _may_record(acting):
    return not acting.is_past and acting.may(services.ACTION)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def organization_discipline_record(request):
    """Enter a decision against an organization."""
    acting = request.acting
    acting.require(services.ACTION)
    form = OrganizationDisciplineEntryForm(
        request.POST if request.method == "POST" else None,
        organizations=request.user.scope_for(services.ACTION, on=acting.today),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.record_organization_discipline(
                **form.values(), by=request.user, at=timezone.now()
            )
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The discipline is recorded."))
            return HttpResponseRedirect(acting.url(PAGE))
    return render(request, "evaluations/organization_discipline_record.html", {"form": form})


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def organization_discipline_withdraw(request, pk):
    """Take an entry back, for a reason that stands in the trail."""
    acting = request.acting
    within = request.user.scope_for(services.ACTION, on=acting.today)
    rows = OrganizationDiscipline.objects.filter(organization__in=within.values("pk"))
    row = get_object_or_404(rows.select_related("organization"), pk=pk)
    form = ReasonForm(
        request.POST if request.method == "POST" else None, button=_("Take the entry back")
    )
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        request.give_reason(reason)
        services.withdraw_organization_discipline(
            row, reason=reason, by=request.user, at=timezone.now()
        )
        messages.success(request, _("The entry is taken back."))
        return HttpResponseRedirect(acting.url(PAGE))
    as_of([row.organization], on=row.decided_on)
    context = {"form": form, "row": row}
    return render(request, "evaluations/organization_discipline_withdraw.html", context)
