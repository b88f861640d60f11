"""Pages of documents: choose one, say what its head and foot say, download it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from accounts.recording import log_access
from branches.acting import acts
from branches.models import Organization

from ..choices import DocumentKind
from ..documents import content, pdf, word
from ..documents.templates import template_in_use
from ..forms.documents import DocumentForm
from ..models import Assignment, Directive, Team

MOST_OFFERED = 20


@require_safe
@acts
def document_list(request):
    """What documents can be made here, and from what."""
    acting = request.acting
    acting.require("make_documents")
    below = acting.subtree.values("pk")
    directives = Directive.objects.visible_to(request.user, on=acting.today).filter(
        issuer__in=_makes_for(request), issued_on__lte=acting.on
    )
    teams = Team.objects.visible_to(request.user, on=acting.today).sent_in(below, on=acting.on)
    return render(
        request,
        "assignments/documents.html",
        {
            "directives": directives.filter(issuer__in=below)[:MOST_OFFERED],
            "teams": teams.filter(directive__issuer__in=_makes_for(request)).order_by("code")[
                :MOST_OFFERED
            ],
            "may_edit": acting.may("edit_templates"),
        },
    )


@require_http_methods(["GET", "POST"])
@acts
def document_decision(request, pk):
    """The decision that assigns those under a directive."""
    visible = Directive.objects.visible_to(request.user, on=request.acting.today)
    directive = get_object_or_404(visible.select_related("issuer"), pk=pk)
    assignments = _visible_assignments(request).filter(directive=directive)

    def fields(head):
        dated = {"on": head.day, "today": request.acting.today}
        rows = content.not_ended(assignments, **dated)
        return content.assigned(rows, issuer=directive.issuer, **dated)

    return _make(
        request,
        DocumentKind.DECISION,
        directive.issuer,
        fields,
        source=directive,
        day=directive.issued_on,
        number=directive.number,
        summary=directive.title,
    )


@require_http_methods(["GET", "POST"])
@acts
def document_assignments(request):
    """The list of who is assigned at or below the organization acted for on a day."""
    acting = request.acting
    acting.require("make_documents")
    organization = acting.organization

    def fields(head):
        below = Organization.objects.below(organization, on=head.day)
        rows = _visible_assignments(request).valid_on(head.day).of_targets(below)
        listed = content.assigned(rows, issuer=organization, on=head.day, today=acting.today)
        return listed | {"kem_theo": ""}

    return _make(
        request,
        DocumentKind.LIST,
        organization,
        fields,
        source=organization,
        day=acting.on,
        number="",
        summary="cán bộ được phân công phụ trách cơ sở",
    )


@require_http_methods(["GET", "POST"])
@acts
def document_plan(request, pk):
    """The plan of a team for the year of the day."""
    acting = request.acting
    visible = Team.objects.visible_to(request.user, on=acting.today)
    team = get_object_or_404(visible.select_related("directive__issuer", "target", "leader"), pk=pk)
    assignments = _visible_assignments(request).filter(team=team)

    def fields(head):
        return content.planned(
            team, assignments, user=request.user, today=acting.today, on=head.day
        )

    return _make(
        request,
        DocumentKind.PLAN,
        team.directive.issuer,
        fields,
        source=team,
        day=acting.on,
        number="",
        summary=f"hoạt động năm {acting.on.year} của {team.name}",
    )


def _make(request, kind, issuer, fields, *, source, **initial):
    """The form of a document, or the document. `fields` gives what the records say for a head."""
    acting = request.acting
    if not request.user.may("make_documents", issuer, on=acting.today):
        raise PermissionDenied
    form = DocumentForm(
        request.POST if request.method == "POST" else None,
        initial=_initial(kind, issuer, **initial),
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _download(request, kind, issuer, fields, form)
        except ValidationError as error:
            form.add_error(None, error)
    return render(
        request,
        "assignments/document.html",
        {
            "form": form,
            "label": DocumentKind(kind).label,
            "source": source,
            "kind": kind,
            "in_use": template_in_use(issuer, kind, on=acting.today),
        },
    )


def _download(request, kind, issuer, fields, form):
    head = form.letterhead()
    values = fields(head)
    filled = content.common(issuer, head) | values
    if form.wants_pdf:
        made, media_type, ending = pdf.set_pdf(filled, kind=kind), pdf.MEDIA_TYPE, "pdf"
    else:
        template = template_in_use(issuer, kind, on=request.acting.today)
        made = word.fill(template.content(), filled, kind=kind)
        media_type, ending = word.MEDIA_TYPE, "docx"
    rows = len(values.get("phan_cong", values.get("thanh_vien", ())))
    log_access(
        "list_exported",
        by=request.user,
        at=timezone.now(),
        organization=issuer,
        rows=rows,
        note=f"{DocumentKind(kind).value}.{ending}",
    )
    response = HttpResponse(made, content_type=media_type)
    with override(content.LANGUAGE):
        name = f"{DocumentKind(kind).label} {head.number}".strip().replace("/", "-")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{ending}")
    return response


def _initial(kind, issuer, *, day, number, summary):
    place, signing, post, signer = content.suggest_letterhead(issuer, on=day)
    return {
        "day": day,
        "number": number,
        "place": place,
        "summary": summary,
        "signing": signing,
        "signer_post": post,
        "signer": signer,
        "grounds": [
            "Căn cứ Điều lệ Đảng Cộng sản Việt Nam;",
            "Căn cứ Quy chế làm việc của cấp ủy.",
        ],
        "recipients": ["Như Điều 3,", "Lưu Văn phòng."]
        if kind == DocumentKind.DECISION
        else ["Các đồng chí có tên,", "Lưu Văn phòng."],
    }


def _visible_assignments(request):
    return Assignment.objects.visible_to(request.user, on=request.acting.today)


def _makes_for(request):
    """The ids of the organizations for which the reader makes documents."""
    return request.user.scope_for("make_documents", on=request.acting.today).values("pk")
