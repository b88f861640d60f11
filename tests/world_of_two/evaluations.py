"""Examples of the routes of ratings, one's own record and data protection."""

from uuid import UUID

from .example import Example, of
from .world import YEAR

DECISION = {"level": "good", "decided_on": "2025-12-31", "all": "1"}


def _unit_of_cycle(half):
    return [half.cycle.pk, half.ward.pk]


def _branch_of_cycle(half):
    return [half.cycle.pk, half.branch.pk]


def _step(kind):
    return lambda half: [*_branch_of_cycle(half), kind]


def _ballot(half):
    return [*_branch_of_cycle(half), 1, 1]


EXAMPLES = {
    # Ratings
    "evaluations:board": Example(query={"year": YEAR}),
    "evaluations:ratings_download": Example(lambda half: ["csv"], query={"year": YEAR}),
    "evaluations:board_changes": Example(query={"year": YEAR}),
    "evaluations:board_years": Example(query={"year": YEAR}),
    "evaluations:five_years": Example(query={"year": YEAR}),
    "evaluations:rating": of("rating"),
    "evaluations:roll_ups": Example(),
    "evaluations:roll_up_start": Example(posted=200),
    "evaluations:roll_up": of("roll_up"),
    "evaluations:rating_readers": of("rating"),
    # Cycles of the year end
    "evaluations:cycles": Example(),
    "evaluations:cycle_open": Example(post={"year": YEAR - 1, "vote_percent": 50}, posted=200),
    "evaluations:cycle": of("cycle"),
    "evaluations:cycle_change": of("cycle", post={"note": "HD 43"}, posted=200),
    "evaluations:cycle_draw": of("cycle", status=405, posted=302),
    "evaluations:cycle_suggestions": of("cycle", status=405, posted=302),
    "evaluations:cycle_branch": Example(_branch_of_cycle),
    "evaluations:step_finish": Example(_step("notice"), posted=200),
    "evaluations:step_reopen": Example(_step("notice"), post={"reason": "Nhầm"}, posted=200),
    # The branch stands below no sub-committee.
    "evaluations:section_step_finish": Example(_step("section"), status=404, posted=404),
    "evaluations:section_step_reopen": Example(_step("section"), status=404, posted=404),
    "evaluations:unit_step_finish": Example(_step("decision"), posted=200),
    "evaluations:unit_step_reopen": Example(_step("decision"), posted=200),
    "evaluations:unit_step_all": Example(
        lambda half: [half.cycle.pk, half.ward.pk, "decision"], status=405, posted=302
    ),
    "evaluations:comments": Example(_branch_of_cycle, posted=200),
    "evaluations:comment_write": Example(lambda half: [half.appraisal.pk, "residence"], posted=200),
    "evaluations:proposals": Example(_branch_of_cycle, posted=200),
    "evaluations:section_proposals": Example(_branch_of_cycle, status=404, posted=404),
    "evaluations:appraisal": of("appraisal"),
    "evaluations:self_review": Example(posted=200),
    "evaluations:self_review_enter": of("appraisal", posted=200),
    # Votes of branches
    "evaluations:votes": Example(_branch_of_cycle),
    "evaluations:vote_record": Example(_ballot, post={"held_on": "2025-12-31"}, posted=200),
    "evaluations:vote_withdraw": Example(_ballot, post={"reason": "Nhầm"}, posted=302),
    "evaluations:not_rated": Example(query={"year": YEAR}),
    "evaluations:removal_risk": Example(query={"year": YEAR}),
    # Rating sets and their trials
    "evaluations:schemes": Example(),
    "evaluations:scheme": of("scheme"),
    "evaluations:scheme_diff": Example(lambda half: [half.scheme.pk, half.scheme.based_on_id]),
    "evaluations:scheme_copy": of("scheme", post={"name": "Bộ mới"}, posted=302),
    "evaluations:scheme_change": of("scheme", post={"name": "Bộ mới"}, posted=200),
    "evaluations:scheme_adopt": of("scheme", posted=302),
    "evaluations:scheme_discard": of("scheme", status=405, posted=302),
    "evaluations:organization_schemes": Example(),
    "evaluations:organization_scheme": of("organization_scheme"),
    "evaluations:organization_scheme_diff": Example(
        lambda half: [half.organization_scheme.pk, half.organization_scheme.based_on_id]
    ),
    "evaluations:organization_scheme_copy": of(
        "organization_scheme", post={"name": "Bộ mới"}, posted=302
    ),
    "evaluations:organization_scheme_change": of(
        "organization_scheme", post={"name": "Bộ mới"}, posted=200
    ),
    "evaluations:organization_scheme_adopt": of("organization_scheme", posted=302),
    "evaluations:organization_scheme_discard": of("organization_scheme", status=405, posted=302),
    "evaluations:trial_start": of("scheme", post={"year": YEAR}, posted=302),
    # Nobody but who asked for it, whatever their role.
    "evaluations:trial": Example(lambda half: [UUID(int=half.ward.pk)], status=404),
    "evaluations:trial_file": Example(lambda half: [UUID(int=half.ward.pk), "csv"], status=404),
    # One's own record
    "evaluations:own_record": Example(query={"year": YEAR}),
    "evaluations:objection_raise": Example(
        lambda half: ["attendance", half.meeting.pk],
        query={"year": YEAR},
        post={"text": "Tôi có mặt"},
        posted=302,
    ),
    "evaluations:objections": Example(),
    "evaluations:objection": of(
        "objection", post={"outcome": "accepted", "answer": "Đã sửa"}, posted=200
    ),
    "evaluations:objection_withdraw": of("objection", status=405, posted=302),
    # Papers of the year end
    # Decisions, the cap and the lock
    "evaluations:decisions": of("cycle"),
    "evaluations:decide": of("cycle", status=405, post=DECISION, posted=200),
    "evaluations:ties": of("cycle", posted=200),
    "evaluations:cap_places": Example(_unit_of_cycle, posted=200),
    "evaluations:places_withdraw": of("override", post={"reason": "Nhầm"}, posted=302),
    "evaluations:unit_cap": Example(
        _unit_of_cycle, post={"percent": "25", "reason": "Tiêu biểu"}, posted=302
    ),
    "evaluations:cycle_lock": of("cycle", posted=200),
    "evaluations:cycle_changes": of("cycle", status=302, posted=302),
    "evaluations:re_rate": of("appraisal", posted=200),
    # Organizations in a cycle
    "evaluations:cycle_organizations": of("cycle"),
    "evaluations:organization_disciplines": Example(),
    "evaluations:organization_discipline_record": Example(posted=200),
    "evaluations:organization_discipline_withdraw": of(
        "organization_discipline", post={"reason": "Nhầm"}, posted=302
    ),
    "evaluations:cycle_organizations_file": Example(lambda half: [half.cycle.pk, "csv"]),
    "evaluations:cycle_organizations_years": of("cycle"),
    "evaluations:cycle_organization": of("organization_appraisal"),
    "evaluations:cycle_organizations_suggest": of("cycle", status=405, posted=302),
    "evaluations:cycle_organizations_decide": of("cycle", status=405, posted=200),
    "evaluations:cycle_organization_places": Example(
        lambda half: [half.cycle.pk, half.ward.pk, "branch"], posted=200
    ),
    "evaluations:cycle_organization_places_withdraw": of(
        "organization_places", post={"reason": "Nhầm"}, posted=302
    ),
    "evaluations:cycle_organization_shortcomings": of(
        "organization_appraisal", status=405, post={"mended": "yes"}, posted=302
    ),
    "evaluations:papers": of("cycle"),
    "evaluations:summary": Example(lambda half: [half.cycle.pk, "decided", "docx"]),
    "evaluations:cycle_workbook": of("cycle"),
    "evaluations:ballot": Example(
        lambda half: [half.cycle.pk, half.branch.pk, 1, "docx"],
    ),
    "evaluations:count_minutes": Example(lambda half: [half.vote.pk, "docx"]),
    "evaluations:appraisal_paper": Example(lambda half: [half.appraisal.pk, "review", "docx"]),
    "evaluations:paper_job_start": of("cycle", status=405, post={"kind": "pdf"}, posted=302),
    # Nobody but who asked for them, whatever their role.
    "evaluations:paper_job": of("paper_job", status=404),
    "evaluations:paper_job_file": of("paper_job", status=404),
    # Data protection
    "evaluations:anonymisations": Example(),
    "evaluations:anonymise": of("member", posted=200),
}
