from django.urls import path

from . import (
    branch_task_urls,
    confirmation_urls,
    directive_urls,
    minutes_urls,
    opinion_urls,
    queue_urls,
    reminder_urls,
    reorganization_urls,
    roster_urls,
    task_urls,
    visit_urls,
)
from .views import assigning, assignments, board, handover, overview

app_name = "assignments"

urlpatterns = [
    path("assignments/board/", board.desk, name="desk"),
    path("assignments/assign/", assigning.assign, name="assign"),
    path("assignments/assigned/<int:pk>/", assigning.assigned, name="assigned"),
    path("assignments/<int:pk>/change/", assigning.assignment_change, name="assignment_change"),
    path("assignments/", assignments.assignment_list, name="assignments"),
    path("assignments/<int:pk>/", assignments.assignment_detail, name="assignment"),
    path("assignments/load/", overview.load_list, name="load"),
    path("assignments/matrix/", overview.matrix_page, name="matrix"),
    path("assignments/from-above/", overview.from_above, name="from_above"),
    path("assignments/uncovered/", overview.uncovered_list, name="uncovered"),
    path("assignments/suggestions/", overview.suggestion_list, name="suggestions"),
    path("assignments/<int:pk>/hand-over/", handover.assignment_hand_over, name="hand_over"),
    path("assignments/<int:pk>/end/", handover.assignment_end, name="assignment_end"),
    path("assignments/<int:pk>/reopen/", handover.assignment_reopen, name="assignment_reopen"),
    *confirmation_urls.urlpatterns,
    *directive_urls.urlpatterns,
    *minutes_urls.urlpatterns,
    *opinion_urls.urlpatterns,
    *branch_task_urls.urlpatterns,
    *queue_urls.urlpatterns,
    *reminder_urls.urlpatterns,
    *reorganization_urls.urlpatterns,
    *roster_urls.urlpatterns,
    *visit_urls.urlpatterns,
    *task_urls.urlpatterns,
]
