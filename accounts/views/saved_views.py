"""Views of lists: keeping one, its columns, and the list as a file."""

from tempfile import TemporaryFile

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from branches.acting import acts
from branches.columns import LISTS, address_of, choose, query_of

from .. import saved_views
from ..list_files import TooManyRows, csv_lines, write_xlsx
from ..models import SavedView
from ..pages import need_of
from ..recording import log_access
from ..saved_view_forms import ColumnsForm, SavedViewForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@acts
def view_list(request):
    """One's own views of all lists."""
    own = SavedView.objects.filter(user=request.user).exclude(name="").order_by("page", "name")
    views = [(view, LISTS[view.page]) for view in own if view.page in LISTS]
    return render(request, "accounts/saved_views.html", {"views": views})


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def view_add(request):
    """Keep the list of the address under a name."""
    listed = _listed(request)
    choice = choose(request, listed)
    form = _form(request, None)
    if request.method == "POST" and form.is_valid():
        try:
            view = _keep(request, form, None, page=listed.page, columns=choice.columns)
        except ValidationError as error:
            form.show(error)
        else:
            return _done(request, address_of(view, request.acting), _("The view is kept."))
    return _page(request, "accounts/saved_view_form.html", listed, form=form, query=_query(request))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def view_change(request, pk):
    """Change one's own view; opened from its list, it takes over the filters that are set there."""
    view = get_object_or_404(SavedView, pk=pk, user=request.user, page__in=LISTS)
    query = _query(request) if request.GET.get("list") else view.query
    form = _form(request, view)
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, form, view, page=view.page, columns=view.columns, query=query)
        except ValidationError as error:
            form.show(error)
        else:
            return _done(request, address_of(view, request.acting), _("The view is changed."))
    context = {"form": form, "view": view, "query": query}
    return _page(request, "accounts/saved_view_form.html", LISTS[view.page], **context)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def view_delete(request, pk):
    """Delete one's own view, after a page that names it."""
    view = get_object_or_404(SavedView, pk=pk, user=request.user, page__in=LISTS)
    if request.method == "POST":
        view.delete()
        return _done(request, request.acting.url("accounts:views"), _("The view is deleted."))
    return _page(request, "accounts/saved_view_delete.html", LISTS[view.page], view=view)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def view_columns(request):
    """Choose the columns of the open view, if it is one's own, or of the list as one sees it."""
    listed = _listed(request)
    choice = choose(request, listed)
    first, *rest = listed.columns
    form = ColumnsForm(
        request.POST if request.method == "POST" else None,
        offered={name: listed.columns[name] for name in rest},
        initial={"columns": choice.columns},
    )
    if request.method == "POST" and form.is_valid():
        columns = listed.known([first, *form.cleaned_data["columns"]])
        if choice.view and choice.view.mine:
            SavedView.objects.filter(pk=choice.view.pk).update(columns=columns)
        else:
            saved_views.keep_columns(by=request.user, page=listed.page, columns=columns)
        return _done(request, _address(request, listed), _("The columns are kept."))
    return _page(request, "accounts/saved_view_columns.html", listed, form=form, choice=choice)


@require_safe
@acts
def list_download(request, kind):
    """Exactly what the list shows: its rows, columns and order, masked alike."""
    listed = _listed(request)
    if kind not in ("csv", "xlsx"):
        raise Http404
    columns = choose(request, listed).columns
    heading = [str(listed.columns[name]) for name in columns]
    count, rows = listed.rows(request, columns)
    log_access(
        "list_exported",
        by=request.user,
        at=timezone.now(),
        organization=request.acting.organization,
        rows=count,
        note=f"{listed.page} {kind}",
    )
    name = f"{listed.page.rpartition(':')[2]}-{request.acting.on.isoformat()}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(
            csv_lines(heading, rows), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    return _sheet(heading, rows, name)


def _sheet(heading, rows, name):
    file = TemporaryFile()  # closed with the response that sends it
    try:
        write_xlsx(heading, rows, file)
    except TooManyRows:
        file.close()
        raise Http404 from None
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _listed(request):
    """The list that the address names, if the reader may open it."""
    listed = LISTS.get(request.GET.get("list", ""))
    roles = request.user.roles(on=request.acting.today)
    if listed is None or not need_of(listed.page).is_met(request.user, roles=roles):
        raise Http404
    return listed


def _query(request):
    parameters = request.GET.copy()
    parameters.pop("list", None)
    return query_of(parameters)


def _form(request, view):
    initial = {"opens_first": view.is_default, "is_shared": view.shared_with_id} if view else {}
    initial |= {"name": view.name} if view else {}
    return SavedViewForm(
        request.POST if request.method == "POST" else None,
        organization=view.shared_with if view and view.shared_with else request.acting.organization,
        initial=initial,
    )


def _keep(request, form, view, *, page, columns, query=None):
    values, kept = form.cleaned_data, view.shared_with if view else None
    shared_with = kept or request.acting.organization
    return saved_views.keep_view(
        view,
        by=request.user,
        page=page,
        name=values["name"],
        query=_query(request) if query is None else query,
        columns=columns,
        shared_with=shared_with if values["is_shared"] else None,
        is_default=values["opens_first"],
        on=request.acting.today,
    )


def _address(request, listed):
    """The list with the filters, the sorting and the view of the address."""
    parameters = request.GET.copy()
    parameters.pop("list", None)
    parameters.pop("page", None)
    return f"{reverse(listed.page)}?{parameters.urlencode()}"


def _done(request, address, message):
    messages.success(request, message)
    return HttpResponseRedirect(address)


def _page(request, template, listed, **context):
    return render(
        request, template, {"listed": listed, "back": _address(request, listed)} | context
    )
