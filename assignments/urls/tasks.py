"""Addresses of the pages of tasks and reviews."""

from django.urls import path

from ..views import reviews, task_registering, task_work, tasks

urlpatterns = [
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/<int:pk>/", tasks.task_detail, name="task"),
    path("tasks/of/<int:pk>/", tasks.task_sheet, name="task_sheet"),
    path("my/tasks/register/", task_registering.task_register, name="task_register"),
    path("my/tasks/submit/", task_registering.task_submit, name="task_submit"),
    path("tasks/<int:pk>/change/", task_registering.task_change, name="task_change"),
    path("tasks/<int:pk>/discard/", task_registering.task_discard, name="task_discard"),
    path("tasks/<int:pk>/start/", task_work.task_start, name="task_start"),
    path("tasks/<int:pk>/report/", task_work.task_report, name="task_report"),
    path("tasks/<int:pk>/confirm/", task_work.task_confirm, name="task_confirm"),
    path("tasks/<int:pk>/return/", task_work.task_return, name="task_return"),
    path("tasks/<int:pk>/reopen/", task_work.task_reopen, name="task_reopen"),
    path("tasks/<int:pk>/weight/", task_work.task_weigh, name="task_weigh"),
    path("tasks/<int:pk>/cancel/", task_work.task_cancel, name="task_cancel"),
    path("tasks/evidence/<int:pk>/", task_work.task_evidence, name="task_evidence"),
    path("reviews/", reviews.review_list, name="reviews"),
    path("reviews/<int:pk>/<int:year>/", reviews.review_write, name="review_write"),
]
