from django.urls import path

from ..views import papers

urlpatterns = [
    path("cycles/<int:pk>/papers/", papers.papers, name="papers"),
    path("cycles/<int:pk>/papers/dossiers/", papers.dossier_start, name="dossier_start"),
    path("cycles/<int:pk>/summary-<slug:of>.<slug:ending>", papers.summary, name="summary"),
    path("cycles/<int:pk>/everything.xlsx", papers.cycle_workbook, name="cycle_workbook"),
    path(
        "cycles/<int:pk>/branches/<int:branch>/ballot-<int:number>.<slug:ending>",
        papers.ballot,
        name="ballot",
    ),
    path("votes/<int:pk>/minutes.<slug:ending>", papers.count_minutes, name="count_minutes"),
    path(
        "appraisals/<int:pk>/papers/<slug:kind>.<slug:ending>",
        papers.appraisal_paper,
        name="appraisal_paper",
    ),
    path("dossiers/<int:pk>/", papers.dossier, name="dossier"),
    path("dossiers/<int:pk>/papers.zip", papers.dossier_file, name="dossier_file"),
]
