"""Addresses of the pages of opinions."""

from django.urls import path

from ..views import opinions

urlpatterns = [
    path("opinions/", opinions.opinion_list, name="opinions"),
    path("opinions/report/", opinions.opinions_report, name="opinions_report"),
    path("opinions/<int:pk>/", opinions.opinion_detail, name="opinion"),
    path("opinions/<int:pk>/refer/", opinions.opinion_refer, name="opinion_refer"),
    path("opinions/<int:pk>/extend/", opinions.opinion_extend, name="opinion_extend"),
    path("opinions/<int:pk>/answer/", opinions.opinion_answer, name="opinion_answer"),
    path("opinions/<int:pk>/tell/", opinions.opinion_tell, name="opinion_tell"),
    path("meetings/<int:pk>/opinions/raise/", opinions.opinion_raise, name="opinion_raise"),
    path(
        "visits/<int:pk>/opinions/raise/",
        opinions.opinion_raise_on_visit,
        name="opinion_raise_on_visit",
    ),
]
