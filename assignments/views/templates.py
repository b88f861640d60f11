"""Pages of the Word templates that documents are made from."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches.acting import acts

from ..choices import DocumentKind
from ..documents.builtin import builtin_template
from ..documents.fields import FIELDS, ITEMS
from ..documents.templates import comparisons_of, template_in_use, templates_in_use, versions_of
from ..documents.word import MEDIA_TYPE
from ..forms.documents import ComparisonForm, TemplateForm
from ..models import DocumentTemplate
from ..services import templates as services


@require_safe
@acts
def template_list(request):
    """The templates that the organization acted for uses, and its own versions."""
    acting = request.acting
    acting.require("make_documents")
    return render(
        request,
        "assignments/templates.html",
        {
            "in_use": templates_in_use(acting.organization, on=acting.today),
            "versions": versions_of(acting.organization),
            "comparisons": comparisons_of(acting.organization),
            "may_edit": acting.may("edit_templates"),
        },
    )


@require_safe
@acts
def template_download(request, kind):
    """The template in use, or with ?builtin=1 the one that comes with the application."""
    acting = request.acting
    acting.require("make_documents")
    _check(kind)
    if request.GET.get("builtin"):
        return _answer(builtin_template(kind), f"{kind}.docx")
    in_use = template_in_use(acting.organization, kind, on=acting.today)
    return _answer(in_use.content(), in_use.version.file.name if in_use.version else f"{kind}.docx")


@require_safe
@acts
def template_version(request, pk):
    """An earlier or the present version, as it was uploaded."""
    scope = request.user.scope_for("make_documents", on=request.acting.today)
    rows = DocumentTemplate.objects.filter(organization__in=scope.values("pk"))
    version = get_object_or_404(rows.exclude(file=None).select_related("file"), pk=pk)
    return _answer(bytes(version.file.content), version.file.name)


@require_http_methods(["GET", "POST"])
@acts
def template_upload(request, kind):
    """Upload an edited template, beside the fields that it may name."""
    acting = request.acting
    acting.require("edit_templates")
    _check(kind)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = TemplateForm(*posted)
    if request.method == "POST" and form.is_valid():
        try:
            services.upload_template(
                acting.organization,
                kind,
                form.cleaned_data["template"],
                by=request.user,
                on=acting.today,
                at=timezone.now(),
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, _("The template is in use from now on."))
    fields = [(name, words, ITEMS.get(name)) for name, words in FIELDS[kind].items()]
    return render(
        request,
        "assignments/template_upload.html",
        {"form": form, "kind": kind, "label": DocumentKind(kind).label, "fields": fields},
    )


@require_http_methods(["GET", "POST"])
@acts
def template_give_up(request, kind):
    """Go back to the template of the organization above, or to the one of the application."""
    acting = request.acting
    acting.require("edit_templates")
    _check(kind)
    if request.method == "POST":
        services.give_up_template(
            acting.organization, kind, by=request.user, on=acting.today, at=timezone.now()
        )
        return _back(request, _("The own template is no longer in use; its versions stay here."))
    return render(
        request,
        "assignments/template_give_up.html",
        {"kind": kind, "label": DocumentKind(kind).label},
    )


@require_http_methods(["GET", "POST"])
@acts
def template_compare(request, kind):
    """Say that the original of an official form agrees with the template in use."""
    acting = request.acting
    acting.require("edit_templates")
    _check(kind)
    used = template_in_use(acting.organization, kind, on=acting.today)
    if not used.is_official:
        raise Http404
    form = ComparisonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.compare_template(
                acting.organization,
                kind,
                **form.cleaned_data,
                by=request.user,
                on=acting.today,
                at=timezone.now(),
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, _("The mark is gone from its papers."))
    return render(request, "assignments/template_compare.html", {"form": form, "used": used})


def _check(kind):
    if kind not in DocumentKind.values:
        raise Http404


def _answer(content, name):
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _back(request, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("assignments:templates"))
