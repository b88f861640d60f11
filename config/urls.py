"""The addresses of the site."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from accounts.views import offline
from evaluations.views.home import home_page

urlpatterns = [
    path("", home_page, name="home"),
    path("", include("accounts.urls")),
    path("", include("accounts.sign_in_urls")),
    path("", include("branches.urls")),
    path("", include("assignments.urls")),
    path("", include("evaluations.urls")),
    path("", include("workbook.urls")),
    path("sw.js", offline.service_worker, name="service_worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("offline/", offline.offline, name="offline"),
    path("language/", login_not_required(set_language), name="set_language"),
]
