"""Pages of imports: upload, say what headings mean, look at what would change, import, undo."""

import io

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.recording import log_access
from branches.acting import acts
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Organization

from .. import uploads
from ..filters import LineFilter
from ..forms import HeadingsForm, ReasonForm, UploadForm
from ..list_tables import HeadingTable, ImportTable, LineTable
from ..models import HeadingAlias, Import
from ..overview import overview_of

FILES = {"upload": "file", "errors": "errors_file", "changes": "changes_file"}


@require_safe
@acts
def import_list(request):
    acting = request.acting
    acting.require("import_workbook")
    below = Organization.objects.below(acting.organization, on=acting.on).values("pk")
    found = Import.objects.visible_to(request.user, on=acting.today).filter(organization__in=below)
    return render_list(
        request,
        "workbook/imports.html",
        table=ImportTable(found.with_people()),
        counted=ngettext_lazy("%(number)s import", "%(number)s imports", "count"),
    )


@require_http_methods(["GET", "POST"])
@acts
def import_start(request):
    acting = request.acting
    acting.require("import_workbook")
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*posted, initial={"effective": acting.today})
    if request.method == "POST" and form.is_valid():
        try:
            upload = uploads.start_import(
                form.cleaned_data.pop("file"),
                **form.cleaned_data,
                organization=acting.organization,
                by=request.user,
                at=timezone.now(),
                on=acting.today,
            )
        except ValidationError as error:
            form.show(error)
        else:
            return HttpResponseRedirect(acting.url("workbook:import", upload.pk))
    return render(request, "workbook/import_start.html", {"form": form})


@require_safe
@vary_on_headers("HX-Request")
@acts
def import_detail(request, pk):
    """An import with all that can be done with it; while a worker is at it, how far it is, which
    htmx asks for alone."""
    upload = _visible(request, pk)
    template = "workbook/_import.html" if request.htmx else "workbook/import.html"
    return render(
        request, template, {"upload": upload, "overview": overview_of(upload), "job": upload.job}
    )


@require_safe
@acts
def import_rows(request, pk):
    """The rows of a preview or result: new, changed field by field, wrong, odd."""
    upload = _visible(request, pk)
    filters = LineFilter(request.GET, upload.lines.all(), request=request, upload=upload)
    return render_list(
        request,
        "workbook/import_rows.html",
        table=LineTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s row", "%(number)s rows", "count"),
        upload=upload,
    )


@require_http_methods(["GET", "POST"])
@acts
def import_headings(request, pk):
    """Say what unknown headings mean: once, as it is remembered."""
    upload, acting = _visible(request, pk), request.acting
    for_all = uploads.may_say_for_all(request.user, on=acting.today)
    form = HeadingsForm(request.POST or None, headings=upload.headings, for_all=for_all)
    if request.method == "POST" and form.is_valid():
        try:
            uploads.say_headings(
                upload,
                form.meanings(),
                organization=None if form.is_for_all else upload.organization,
                by=request.user,
                at=timezone.now(),
                on=acting.today,
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, upload, _("Remembered. The workbook is checked again."))
    return render(request, "workbook/import_headings.html", {"upload": upload, "form": form})


@require_POST
@acts
def import_again(request, pk):
    """Check an upload again, as after a mend elsewhere."""
    upload = _visible(request, pk)
    return _do(request, upload, uploads.check_again)


@require_POST
@acts
def import_commit(request, pk):
    """Import what was checked."""
    upload = _visible(request, pk)
    return _do(request, upload, uploads.commit_import)


@require_http_methods(["GET", "POST"])
@acts
def import_undo(request, pk):
    """Undo an import, after a page that says what that means."""
    upload = _visible(request, pk)
    form = ReasonForm(request.POST or None, button=_("Undo the whole import"))
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            uploads.undo_import(upload, reason=reason, by=request.user, on=request.acting.today)
        except ValidationError as error:
            form.show(error)
        else:
            return HttpResponseRedirect(request.acting.url("workbook:import", upload.pk))
    return render(
        request,
        "workbook/import_undo.html",
        {"upload": upload, "form": form, "overview": overview_of(upload)},
    )


@require_http_methods(["GET", "POST"])
@acts
def import_discard(request, pk):
    """Throw an upload away that was not imported, with its files."""
    upload = _visible(request, pk)
    if request.method == "POST":
        try:
            uploads.discard_import(upload, by=request.user, on=request.acting.today)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return HttpResponseRedirect(request.acting.url("workbook:import", upload.pk))
        messages.success(request, _("The upload is deleted, with its file."))
        return HttpResponseRedirect(request.acting.url("workbook:imports"))
    return render(request, "workbook/import_discard.html", {"upload": upload})


@require_safe
@acts
def import_file(request, pk, what):
    """What was uploaded, the same with its errors marked, or all changes as CSV."""
    upload = _visible(request, pk)
    file = getattr(upload, FILES[what]) if what in FILES else None
    if file is None:
        raise Http404
    log_access(
        "workbook_exported",
        by=request.user,
        at=timezone.now(),
        organization=upload.organization,
        rows=overview_of(upload).rows,
        note=f"import {upload.pk}: {file.name}"[:200],
    )
    response = FileResponse(
        io.BytesIO(file.content),
        as_attachment=True,
        filename=file.name,
        content_type=file.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@acts
def heading_list(request):
    """Headings of which somebody said what they mean, as far as they apply here."""
    acting = request.acting
    acting.require("import_workbook")
    applying = HeadingAlias.objects.applying_to(acting.path_today)
    mine = HeadingAlias.objects.visible_to(request.user, on=acting.today)
    return render_list(
        request,
        "workbook/headings.html",
        table=HeadingTable(applying.select_related("organization", "by")),
        counted=ngettext_lazy("%(number)s heading", "%(number)s headings", "count"),
        mine=set(mine.values_list("pk", flat=True)),
    )


@require_POST
@acts
def heading_forget(request, pk):
    """From now on the heading is asked about again."""
    acting = request.acting
    visible = HeadingAlias.objects.visible_to(request.user, on=acting.today)
    alias = get_object_or_404(visible, pk=pk)
    uploads.forget_heading(alias, by=request.user, on=acting.today)
    messages.success(
        request, _("“%(heading)s” is forgotten and will be asked about again.") % {"heading": alias}
    )
    return HttpResponseRedirect(acting.url("workbook:import_headings_known"))


def _visible(request, pk):
    visible = Import.objects.visible_to(request.user, on=request.acting.today)
    upload = get_object_or_404(visible.with_people().select_related("job"), pk=pk)
    as_of([upload.organization], on=request.acting.on)
    return upload


def _do(request, upload, act):
    try:
        act(upload, by=request.user, on=request.acting.today)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return HttpResponseRedirect(request.acting.url("workbook:import", upload.pk))


def _back(request, upload, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("workbook:import", upload.pk))
