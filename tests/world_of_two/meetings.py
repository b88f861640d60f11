"""Examples of the routes of meetings, their papers and opinions."""

from .example import Example, of
from .world import YEAR

EXAMPLES = {
    # Minutes and quality of meetings
    "assignments:meeting_minutes": of("meeting"),
    "assignments:meeting_minutes_write": of("meeting", post={"place": "Nhà dân"}, posted=200),
    "assignments:meeting_minutes_document": Example(lambda half: [half.meeting.pk, "docx"]),
    "assignments:meeting_quality": of("meeting"),
    "assignments:meeting_score": of("meeting", post={"note": ""}, posted=200),
    "assignments:meeting_quality_decide": of("meeting", post={"decided": "95"}, posted=200),
    "assignments:meetings_quality": Example(query={"month": f"{YEAR}-03"}),
    "assignments:meeting_forms": Example(),
    "assignments:meeting_form_change": of("quality_form", post={"name": "Mới"}, posted=200),
    # Opinions
    "assignments:opinions": Example(),
    "assignments:opinions_report": Example(query={"year": str(YEAR)}),
    "assignments:opinion": of("opinion"),
    "assignments:opinion_raise": of(
        "heard",
        post={"raised_by": "member", "topic": "Đất đai", "content": "…", "answer": "Đã giải thích"}
        | {"referred_to": "", "due_on": ""},
        posted=302,
    ),
    "assignments:opinion_raise_on_visit": of(
        "visit",
        post={"raised_by": "resident", "topic": "Vay vốn", "content": "…", "answer": ""}
        | {"referred_to": "", "due_on": ""},
        posted=302,
    ),
    "assignments:opinion_refer": of(
        "opinion", post={"referred_to": "", "due_on": "", "reason": "Ngoài thẩm quyền"}, posted=200
    ),
    "assignments:opinion_extend": of(
        "opinion", post={"due_on": "2030-01-01", "reason": "Việc khó"}, posted=200
    ),
    "assignments:opinion_answer": of("opinion", post={"answer": "Đã sửa đường"}, posted=200),
    "assignments:opinion_tell": of("resolved", post={"meeting": ""}, posted=200),
    # Meetings that are planned, rosters, checking in
    "assignments:calendar": Example(query={"month": "2018-04", "day": "2018-04-03", "mine": ""}),
    "assignments:meeting_plan": of("plan"),
    "assignments:meeting_plan_add": Example(
        post={"branch": "D-W-1", "planned_on": "2018-05-03", "kind": "regular", "starts_at": ""}
        | {"place": "", "agenda": "", "until": "2018-07-03"},
        posted=302,
    ),
    "assignments:meeting_plan_change": of(
        "plan", post={"planned_on": "2018-04-04", "kind": "regular"}, posted=200
    ),
    "assignments:meeting_plan_call_off": of("plan", post={"reason": "Lũ"}, posted=302),
    "assignments:meeting_plan_restore": of("plan", status=405, posted=302),
    "assignments:plan_roster": of("plan", post={"rest": "1", "added": "DM1"}, posted=302),
    "assignments:plan_sign_in_sheet": of("plan"),
    "assignments:plan_check_in_code": of("plan"),
    "assignments:roster": of("meeting", post={"rest": "1", "added": "DM1"}, posted=302),
    "assignments:roster_close": of("meeting", status=405, posted=302),
    "assignments:roster_reopen": of("meeting", post={"reason": "01"}, posted=200),
    "assignments:sign_in_sheet": of("meeting"),
    "assignments:check_in_code": of("meeting"),
    "assignments:check_in": Example(query={"t": "x"}, post={"code": "ABCDEF"}, posted=200),
}
