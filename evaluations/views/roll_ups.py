"""Roll-ups: the list, the start of one, its progress and result."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from branches.acting import acts, read_year
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Organization

from ..forms.roll_ups import RollUpForm
from ..models import RollUp
from ..rolling_up.progress import progress, warning_sentences
from ..services import roll_ups as services
from ..tables.ratings import RollUpTable


@require_safe
@acts
def roll_up_list(request):
    acting = request.acting
    acting.require("see_ratings")
    below = Organization.objects.below(acting.organization, on=acting.on)
    visible = RollUp.objects.visible_to(request.user, on=acting.today)
    roll_ups = visible.filter(organization__in=below.values("pk"))
    roll_ups = roll_ups.told(on=acting.on, today=acting.today)
    return render_list(
        request,
        "evaluations/roll_ups.html",
        table=RollUpTable(roll_ups.select_related("organization", "scheme", "requested_by")),
        counted=ngettext_lazy("%(number)s roll-up", "%(number)s roll-ups", "count"),
        may_start=acting.may("start_roll_up"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acts
def roll_up_start(request):
    acting = request.acting
    acting.require("start_roll_up")
    initial = {"year": read_year(request) or acting.on.year}
    form = RollUpForm(request.POST or None, initial=initial, organizations=acting.above)
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["year"]
        same = RollUp.objects.unfinished().filter(organization=acting.organization, year=year)
        roll_up = same.first()
        if roll_up:
            messages.info(request, _("This roll-up is already under way."))
            return HttpResponseRedirect(acting.url("evaluations:roll_up", roll_up.pk))
        try:
            roll_up = services.start_roll_up(
                acting.organization, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            return HttpResponseRedirect(acting.url("evaluations:roll_up", roll_up.pk))
        except services.RollUpError as error:
            form.add_error(None, str(error))
    return render(request, "evaluations/roll_up_start.html", {"form": form})


@require_safe
@vary_on_headers("HX-Request")
@acts
def roll_up_detail(request, pk):
    """Progress while it runs, then its result, which stays; htmx asks for the progress alone."""
    visible = RollUp.objects.visible_to(request.user, on=request.acting.today)
    roll_up = get_object_or_404(
        visible.select_related("organization", "scheme", "requested_by"), pk=pk
    )
    as_of([roll_up.organization], on=roll_up.as_of)
    template = "evaluations/_progress.html" if request.htmx else "evaluations/roll_up.html"
    context = {
        "roll_up": roll_up,
        "progress": progress(roll_up),
        "unfinished": roll_up.state in ("queued", "running"),
        "warnings": warning_sentences(
            roll_up.warnings, user=request.user, today=request.acting.today
        ),
    }
    return render(request, template, context)
