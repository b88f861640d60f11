"""What somebody is reminded of, and what they choose about it."""

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches.acting import acts

from ..choices import ReminderKind
from ..forms.reminders import PutAsideForm, ReminderForm
from ..models import ReminderChoice
from ..reminding import due_for
from ..services.reminders import choose, put_aside


@require_safe
@acts
def reminder_list(request):
    """What the reader is to be reminded of today, by kind."""
    today = request.acting.today
    due = due_for(request.user, on=today)
    groups = [
        (ReminderKind(kind).label, [(each, each.words(on=today)) for each in rows])
        for kind, rows in groupby(due, key=lambda each: each.kind)
    ]
    return render(request, "assignments/reminders.html", {"groups": groups, "number": len(due)})


@require_POST
@acts
def reminder_put_aside(request):
    """Show one reminder no more."""
    form = PutAsideForm(request.POST)
    if not form.is_valid():
        raise BadRequest("no reminder")
    put_aside(request.user, **form.cleaned_data, at=timezone.now())
    messages.success(request, _("The reminder was put aside."))
    return HttpResponseRedirect(request.acting.url("assignments:reminders"))


@require_http_methods(["GET", "POST"])
@acts
def reminder_choices(request):
    choice = ReminderChoice.objects.filter(user=request.user).first() or ReminderChoice()
    form = ReminderForm(request.POST or None, choice=choice)
    if request.method == "POST" and form.is_valid():
        choose(request.user, rhythm=form.cleaned_data["rhythm"], muted=form.muted)
        messages.success(request, _("Your choice was saved."))
        return HttpResponseRedirect(request.acting.url("assignments:reminders"))
    return render(request, "assignments/reminder_choices.html", {"form": form})
