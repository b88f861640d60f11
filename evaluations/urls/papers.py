from django.urls import path

from ..views import papers

urlpatterns = [
    path("cycles/<int:pk>/papers/", papers.papers, name="papers"),
    path("cycles/<int:pk>/papers/jobs/", papers.paper_job_start, name="paper_job_start"),
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
    path("paper-jobs/<int:pk>/", papers.paper_job, name="paper_job"),
    path("paper-jobs/<int:pk>/file", papers.paper_job_file, name="paper_job_file"),
]
