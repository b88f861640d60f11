"""Examples of the routes of one's work, visits and tasks."""

from .example import Example, of
from .world import LATELY, YEAR


def branch_year(half):
    return [half.branch.pk, LATELY]


EXAMPLES = {
    # My work
    "assignments:my_work": Example(),
    "assignments:visit_log": Example(post={"branch": ""}, posted=200),
    "assignments:visit": of("visit"),
    "assignments:visit_correct": of("visit", post={"note": "Đã ghi"}, posted=200),
    "assignments:visit_withdraw": of("visit", post={"reason": "Nhầm"}, posted=200),
    "assignments:visit_photo": of("visit"),
    "assignments:queue": Example(),
    "assignments:tasks": Example(),
    "assignments:task": of("task"),
    # Confirming
    "assignments:confirmations": Example(),
    "assignments:confirmations_confirm": Example(
        status=405, post={"item": "visit-0", "whole": "", "outcome-0": "met"}, posted=302
    ),
    "assignments:visit_confirm": of("visit", post={"reason": "Có ảnh"}, posted=302),
    "assignments:visit_refuse": of("visit", post={"reason": "Không dự"}, posted=302),
    "assignments:visit_dispute": of("visit", post={"reason": "Ảnh không rõ"}, posted=302),
    "assignments:visit_reopen": of("visit", post={"reason": "Nhầm"}, posted=200),
    # Tasks that a branch gives
    "assignments:branch_tasks_rates": Example(query={"year": LATELY}),
    "assignments:branch_tasks": Example(branch_year),
    "assignments:branch_tasks_review": Example(
        branch_year, post={"action": "finish", "day": "", "fill": ""}, posted=200
    ),
    "assignments:branch_tasks_draft": Example(branch_year, post={"action": "finish"}, posted=200),
    "assignments:branch_tasks_discussion": Example(branch_year, post={"meeting": ""}, posted=200),
    "assignments:branch_tasks_resolution": Example(branch_year, posted=200),
    "assignments:branch_tasks_back": Example(
        branch_year, post={"step": "", "reason": "01-QĐ"}, posted=200
    ),
    "assignments:branch_tasks_check": of("meeting", posted=302),
    "assignments:branch_task_plan": of("task", posted=200),
    "assignments:branch_task_agree": of("branch_task", status=405, posted=302),
    "assignments:branch_task_report": of("branch_task", post={"reason": "Xong"}, posted=302),
    "assignments:branch_task_confirm": of("branch_reported", post={"outcome": "met"}, posted=200),
    "assignments:branch_task_return": of(
        "branch_reported", post={"reason": "Chưa xong"}, posted=302
    ),
    "assignments:branch_task_reopen": of("task", post={"reason": "Nhầm"}, posted=200),  # rated
    "assignments:my_branch_tasks": Example(query={"year": LATELY}),
    # Tasks on their way, and reviews
    "assignments:task_sheet": of("member", query={"year": "2024"}),
    "assignments:task_register": Example(
        post={
            "action": "register",
            "row-TOTAL_FORMS": "1",
            "row-INITIAL_FORMS": "1",
            "row-0-place": "",
            "row-0-title": "Vận động 5 hộ",
            "row-0-weight": "1",
        },
        posted=200,
    ),
    "assignments:task_submit": Example(status=405, post={"task": "0"}, posted=404),
    "assignments:task_change": of("draft", post={"title": "Vận động"}, posted=200),
    "assignments:task_discard": of("draft", status=405, posted=302),
    "assignments:task_start": of("promised", status=405, posted=302),
    "assignments:task_report": of(
        "promised", post={"handed_in": "done", "comment": "Xong"}, posted=302
    ),
    "assignments:task_confirm": of("reported", post={"outcome": "met"}, posted=200),
    "assignments:task_return": of("reported", post={"reason": "Thiếu ảnh"}, posted=302),
    "assignments:task_reopen": of("confirmed", post={"reason": "Nhầm"}, posted=302),
    "assignments:task_weigh": of(
        "promised", post={"weight": "2", "reason": "Việc khó"}, posted=302
    ),
    "assignments:task_cancel": of("colleagues_task", post={"reason": "01-QĐ"}, posted=302),
    "assignments:task_evidence": of("evidence"),
    "assignments:reviews": Example(query={"year": YEAR}, posted=404),
    "assignments:review_write": Example(
        lambda half: [half.own_assignment.pk, YEAR], post={"level": "good"}, posted=302
    ),
}
