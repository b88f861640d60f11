"""The audit trail, the log of reads, and the history of one member."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from branches.acting import acts
from branches.listing import PAGE_ROWS, render_list
from branches.masking import sight_of
from branches.models import Member

from .. import history
from ..audited import name_of_table
from ..journal_filters import AccessFilter, JournalFilter
from ..journal_tables import AccessTable, JournalTable
from ..models import AccessLog, JournalEntry
from ..querysets import Auditing


@require_safe
@acts
def journal(request):
    """Everything that changed in all organizations whose journal the reader sees."""
    acting = request.acting
    acting.require("see_journal")
    filters = JournalFilter(request.GET, JournalEntry.objects.all(), request=request)
    entries = filters.qs.visible_to(request.user, on=acting.today)
    return render_list(
        request,
        "accounts/journal.html",
        table=JournalTable(entries.with_people()),
        filters=filters,
        counted=ngettext_lazy("%(number)s entry", "%(number)s entries", "count"),
    )


@require_safe
@acts
def journal_entry(request, pk):
    """One entry with those of its rows that the reader sees, before and after."""
    today = request.acting.today
    visible = JournalEntry.objects.filter(pk=pk).visible_to(request.user, on=today)
    entry = get_object_or_404(visible.with_people())
    page = _page(request, history.visible_ids(entry, request.user, on=today))
    reader = history.Reader(sight_of(request), on=today, auditing=Auditing(request.user))
    ids = list(page)
    return render(
        request,
        "accounts/journal_entry.html",
        {
            "entry": entry,
            "name": name_of_table(entry.table_name),
            "page": page,
            "rows": history.rows_of([(entry, ids)], reader)[0] if ids else [],
            "unseen": entry.rows - page.paginator.count,
        },
    )


@require_safe
@acts
def access_log(request):
    """Who read ratings, exported, signed in."""
    acting = request.acting
    acting.require("see_journal")
    rows = AccessLog.objects.visible_to(request.user, on=acting.today)
    filters = AccessFilter(request.GET, rows, request=request)
    return render_list(
        request,
        "accounts/access_log.html",
        table=AccessTable(filters.qs.with_people()),
        filters=filters,
        counted=ngettext_lazy("%(number)s entry", "%(number)s entries", "count"),
    )


@require_safe
@acts
def member_history(request, pk):
    """What was ever entered about one member: for auditors, and for the member."""
    today = request.acting.today
    member = get_object_or_404(Member.objects.visible_to(request.user, on=today), pk=pk)
    if not history.may_see_history(request.user, member, on=today):
        raise PermissionDenied
    entries, ids = history.entries_of_member(member)
    page = _page(request, entries)
    reader = history.Reader(sight_of(request), on=today)
    return render(
        request,
        "accounts/member_history.html",
        {"member": member, "page": page, "happenings": history.happenings(page, ids, reader)},
    )


def _page(request, rows):
    return Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
