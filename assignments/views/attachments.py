"""Files attached to directives: downloaded by who sees the directive, changed by who may."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from branches.acting import acts

from ..forms.directives import AttachForm
from ..forms.reasons import ReasonForm
from ..models import Attachment
from ..services import directives as services
from .directives import changeable_directive


@require_safe
@acts
def directive_attachment(request, pk):
    """Download an attachment. What it says it is was checked when it came in; no browser shows it
    as a page of ours."""
    file = _visible_attachment(request, pk).file
    response = HttpResponse(bytes(file.content), content_type=file.media_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "POST"])
@acts
def directive_attach(request, pk):
    directive = changeable_directive(request, pk)
    form = AttachForm(*_posted(request), button=_("Attach"))
    if request.method == "POST" and form.is_valid():
        files = form.cleaned_data["attachments"]
        try:
            services.attach_files(
                directive, files, by=request.user, on=request.acting.today, at=timezone.now()
            )
        except ValidationError as error:
            form.show(error)
        else:
            words = ngettext(
                "%(count)d file is attached.", "%(count)d files are attached.", len(files)
            )
            return _back_to(request, directive, words % {"count": len(files)})
    return render(
        request, "assignments/directive_attach.html", {"directive": directive, "form": form}
    )


@require_http_methods(["GET", "POST"])
@acts
def directive_attachment_replace(request, pk):
    """Put another file in the place of one."""
    attachment = _changeable_attachment(request, pk)
    form = AttachForm(*_posted(request), button=_("Replace"), several=False)
    if request.method == "POST" and form.is_valid():
        (upload,) = form.cleaned_data["attachments"]
        try:
            services.replace_attachment(
                attachment, upload, by=request.user, on=request.acting.today, at=timezone.now()
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _back_to(request, attachment.directive, _("The file is replaced."))
    return render(
        request,
        "assignments/directive_attach.html",
        {"directive": attachment.directive, "attachment": attachment, "form": form},
    )


@require_http_methods(["GET", "POST"])
@acts
def directive_attachment_remove(request, pk):
    attachment = _changeable_attachment(request, pk)
    form = ReasonForm(
        request.POST if request.method == "POST" else None, button=_("Remove the file")
    )
    if request.method == "POST" and form.is_valid():
        services.remove_attachment(
            attachment,
            reason=form.cleaned_data["reason"],
            by=request.user,
            on=request.acting.today,
        )
        return _back_to(request, attachment.directive, _("The file is removed."))
    return render(
        request,
        "assignments/directive_attachment_remove.html",
        {"directive": attachment.directive, "attachment": attachment, "form": form},
    )


def _posted(request):
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _visible_attachment(request, pk):
    visible = Attachment.objects.visible_to(request.user, on=request.acting.today)
    rows = visible.select_related("directive__issuer", "file")
    return get_object_or_404(
        rows if request.method != "POST" else rows.defer("file__content"), pk=pk
    )


def _changeable_attachment(request, pk):
    attachment = _visible_attachment(request, pk)
    issuer = attachment.directive.issuer
    if not request.user.may("assign_work", issuer, on=request.acting.today):
        raise PermissionDenied
    return attachment


def _back_to(request, directive, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("assignments:directive", directive.pk))
