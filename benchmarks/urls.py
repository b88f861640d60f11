"""The addresses of the application, and of a page that does the least that a form can do."""

from django.db import connection
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from config.urls import urlpatterns as application


@require_POST
def bare_page(request):
    """The session, the sign-in and the CSRF token of every other page, and one INSERT."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bare_row (user_id, note) VALUES (%s, %s)",
            [request.user.pk, request.POST["note"]],
        )
    return HttpResponse(status=204)


urlpatterns = [path("bare/", bare_page, name="bare_page"), *application]
