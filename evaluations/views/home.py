"""The home page."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.navigation import roles_here
from accounts.rules import ROLES_FOR
from branches.acting import acts

from .. import home


@require_safe
@acts
def home_page(request):
    """What is due for the reader's roles at the organization acted for."""
    acting = request.acting
    roles = roles_here(acting)
    context = {"roles": roles}
    if ROLES_FOR["see_ratings"] & roles:
        context["year_end"] = home.year_end(acting)
    if roles & {"board", "leader", "auditor"}:
        context["coverage"] = home.coverage(acting)
    if "office" in roles:
        context["waiting"] = home.waiting_tasks(acting)
        context["inbox"] = home.inbox(acting) if acting.is_today else None
    if "secretary" in roles:
        context["meetings"] = home.last_meetings(acting)
    if "administrator" in roles:
        context["accounts"] = home.accounts(acting)
    if acting.is_today:
        context["reminders"], context["reminders_number"] = home.reminders(acting)
    if request.user.member_id:
        context["own"] = home.own_work(acting)
    return render(request, "evaluations/home.html", context)
