from django.urls import path

from ..views import branch_task_work as work
from ..views import branch_tasks as steps
from ..views import task_work

YEAR = "branch-tasks/<int:pk>/<int:year>/"

urlpatterns = [
    path("branch-tasks/", work.branch_tasks_rates, name="branch_tasks_rates"),
    path(YEAR, steps.branch_tasks, name="branch_tasks"),
    path(f"{YEAR}review/", steps.branch_tasks_review, name="branch_tasks_review"),
    path(f"{YEAR}draft/", steps.branch_tasks_draft, name="branch_tasks_draft"),
    path(f"{YEAR}discussion/", steps.branch_tasks_discussion, name="branch_tasks_discussion"),
    path(f"{YEAR}resolution/", steps.branch_tasks_resolution, name="branch_tasks_resolution"),
    path(f"{YEAR}back/", steps.branch_tasks_back, name="branch_tasks_back"),
    path("meetings/<int:pk>/tasks/", work.branch_tasks_check, name="branch_tasks_check"),
    path("tasks/<int:pk>/plan/", work.branch_task_plan, name="branch_task_plan"),
    path("tasks/<int:pk>/plan/agree/", work.branch_task_agree, name="branch_task_agree"),
    path("tasks/<int:pk>/report-for/", work.branch_task_report, name="branch_task_report"),
    # The branch decides on the pages on which an office does.
    path("tasks/<int:pk>/branch-confirm/", task_work.task_confirm, name="branch_task_confirm"),
    path("tasks/<int:pk>/branch-return/", task_work.task_return, name="branch_task_return"),
    path("tasks/<int:pk>/branch-reopen/", task_work.task_reopen, name="branch_task_reopen"),
    path("my/branch-tasks/", work.my_branch_tasks, name="my_branch_tasks"),
]
