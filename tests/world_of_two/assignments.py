"""Examples of the routes of the board's desk: assignments, directives, teams, documents."""

from .example import Example, of


def own_directive(half):
    return [half.own_assignment.directive_id]


def own_indicator(half):
    return [half.ward_team.pk, half.indicator.pk]


EXAMPLES = {
    # Assignments
    "assignments:desk": Example(),
    "assignments:assign": Example(
        post={
            "action": "save",
            "rows": "5",  # as many as an empty page has
            "role": "direct",
            "since": "2021-01-01",
            "visits_due": "1",
            "visits_period": "month",
            "directive": "",
            "team": "",
            "pasted": "",
            "paste_row": "",
            "row-0-member": "DM1",
            "row-0-target": "D-W-1",
            "row-0-until": "",
            "row-0-member_choice": "",
        },
        posted=200,
    ),
    "assignments:assigned": of("assigning", posted=302),
    "assignments:assignment_change": of(
        "own_assignment",
        post={"role": "attend", "since": "2000-01-01", "visits_due": "1", "visits_period": "month"}
        | {"directive": "", "team": "", "confirmer": "", "until": ""},
        posted=200,
    ),
    "assignments:assignments": Example(),
    "assignments:assignment": of("assignment"),
    "assignments:load": Example(),
    "assignments:matrix": Example(),
    "assignments:from_above": Example(),
    "assignments:uncovered": Example(),
    "assignments:suggestions": Example(),
    "assignments:hand_over": of(
        "own_assignment",
        post={"member": "DM1", "last_day": "2026-01-05", "reason": "05-QĐ"},
        posted=200,
    ),
    "assignments:assignment_end": of(
        "own_assignment", post={"last_day": "2026-01-05", "reason": "05-QĐ"}, posted=200
    ),
    "assignments:assignment_reopen": of("ended_assignment", post={"reason": "05-QĐ"}, posted=200),
    # Documents
    "assignments:documents": Example(),
    "assignments:document_decision": Example(own_directive, posted=200),
    "assignments:document_assignments": Example(posted=200),
    "assignments:document_plan": of("ward_team", posted=200),
    "assignments:templates": Example(),
    "assignments:template_download": Example(lambda half: ["decision"]),
    "assignments:template_version": of("template"),
    "assignments:template_upload": Example(lambda half: ["plan"], posted=200),
    "assignments:template_give_up": Example(lambda half: ["list"], posted=302),
    "assignments:template_compare": Example(
        lambda half: ["review2c"], post={"original": "HD 43", "agrees": "on"}, posted=302
    ),
    # Directives and teams
    "assignments:directives": Example(),
    "assignments:directive": of("directive"),
    "assignments:directive_assignments": of("directive"),
    "assignments:directive_add": Example(
        post={
            "kind": "decision",
            "issuer": "D-W",
            "issued_on": "05/01/2026",
            "number": "05-QĐ/ĐU",
            "title": "Phân công",
            "valid_to": "",
        },
        posted=302,
    ),
    "assignments:directive_change": Example(own_directive, posted=200),
    "assignments:directive_delete": Example(own_directive, post={"reason": "01"}, posted=200),
    "assignments:directive_attach": Example(own_directive, posted=200),
    "assignments:directive_attachment": of("attachment"),
    "assignments:directive_attachment_replace": of("attachment", posted=200),
    "assignments:directive_attachment_remove": of(
        "attachment", post={"reason": "Nhầm tệp"}, posted=302
    ),
    "assignments:teams": Example(),
    "assignments:team": of("team"),
    "assignments:team_directive": Example(),
    "assignments:team_add": Example(own_directive, posted=200),
    "assignments:team_change": of("ward_team", posted=200),
    "assignments:team_members": of("ward_team", posted=200),
    "assignments:team_indicator_add": of(
        "ward_team",
        post={"name": "Cây ăn trái", "year": "2018", "aim": "1000", "actual": "710"},
        posted=302,
    ),
    "assignments:team_indicator": Example(own_indicator, posted=200),
    "assignments:team_indicator_remove": Example(
        own_indicator, post={"reason": "Nhầm"}, posted=302
    ),
    "assignments:reorganize": Example(),
    "assignments:reorganize_kind": Example(
        lambda half: ["rename"],
        post={"organization": "D-W-1", "name": "Chi bộ Mới", "on": "05/01/2026"},
        posted=200,
    ),
    "assignments:reorganizations": Example(),
    "assignments:reorganization": of("reorganization", post={"reason": "01-QĐ"}, posted=302),
    "assignments:reorganization_download": of("reorganization"),
    "assignments:reorganization_roles": of(
        "reorganization", status=405, post={"offer": "1-1"}, posted=302
    ),
}
