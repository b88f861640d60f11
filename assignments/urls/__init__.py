from django.urls import path

from ..views import assigning, assignments, board, handover, overview
from . import (
    branch_tasks,
    confirmations,
    directives,
    minutes,
    opinions,
    queue,
    reminders,
    reorganizations,
    rosters,
    tasks,
    visits,
)

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
    *confirmations.urlpatterns,
    *directives.urlpatterns,
    *minutes.urlpatterns,
    *opinions.urlpatterns,
    *branch_tasks.urlpatterns,
    *queue.urlpatterns,
    *reminders.urlpatterns,
    *reorganizations.urlpatterns,
    *rosters.urlpatterns,
    *visits.urlpatterns,
    *tasks.urlpatterns,
]
