"""Examples of the routes of organizations, members and committees, and of finding them."""

from .example import Example, of

EXAMPLES = {
    "branches:organizations": Example(),
    "branches:organization": of("branch"),
    "branches:organization_children": of("ward"),
    "branches:members": Example(),
    "branches:member": of("member"),
    # Entering members
    "branches:member_add": Example(
        post={
            "full_name": "Lê Mới",
            "code": "DM9",
            "admitted_on": "2020-01-01",
            "person_class": "outside",
            "branch": "D-W-1",
            "since": "2020-01-01",
        },
        posted=302,
    ),
    "branches:member_bulk": Example(
        query={"do": "transfer", "all": "1"},
        post={"branch": "D-W-1", "since": "2020-01-01", "reason": "01-QĐ", "mark": ""},
        posted=200,
    ),
    "branches:member_edit": of("member"),
    "branches:member_change": of(
        "member",
        post={"full_name": "Lê", "code": "DM1", "phone": "", "class_since": ""},
        posted=200,
    ),
    "branches:member_transfer": of(
        "member", post={"branch": "D-W-1", "since": "2020-01-01", "reason": "01"}, posted=200
    ),
    "branches:member_leave": of(
        "member", post={"left_on": "2020-01-01", "left_reason": "deceased"}, posted=200
    ),
    "branches:member_undo": of("member", post={"reason": "01-QĐ"}, posted=200),
    "branches:member_status_add": of(
        "member", post={"status": "suspended", "since": "2021-01-01", "until": ""}, posted=200
    ),
    "branches:member_status_change": of(
        "status", post={"status": "suspended", "since": "2021-01-01", "authority": ""}, posted=200
    ),
    "branches:member_status_delete": of("status", post={"reason": "01-QĐ"}, posted=200),
    "branches:member_discipline_add": of(
        "member", post={"form": "warning", "decided_on": "2021-01-01", "note": ""}, posted=302
    ),
    "branches:member_discipline_change": of("discipline", posted=200),
    "branches:member_discipline_delete": of("discipline", posted=200),
    "branches:position_add": Example(
        post={
            "member": "DM1",
            "organization": "D-W",
            "title": "Phó Bí thư",
            "rank": "deputy_secretary",
            "since": "2021-01-01",
            "field": "",
        },
        posted=302,
    ),
    "branches:position_change": of("position", post={"title": "Bí thư"}, posted=200),
    "branches:position_end": of("position", post={"until": "2024-02-01"}, posted=200),
    "branches:position_delete": of("position", posted=200),
    "branches:committees": Example(),
    "branches:committee": of("ward"),
    "branches:committee_term_add": of(
        "ward",
        post={"name": "2010–2015", "seats": "15", "standing_seats": "5", "fields_text": "Kinh tế"}
        | {"since": "2010-01-01", "until": "2015-01-01"},
        posted=302,
    ),
    "branches:committee_term_change": of("term", posted=200),
    "branches:committee_term_delete": of("term", posted=200),
    "branches:committee_job_add": of(
        "ward", post={"title": "Bí thư", "duties": "Chủ trì", "since": "2010-01-01"}, posted=302
    ),
    "branches:committee_job_change": of("job", posted=200),
    "branches:committee_job_delete": of("job", posted=200),
    "branches:meetings": Example(),
    "branches:meeting": of("meeting"),
    "branches:search": Example(query={"q": "pham"}),
    "branches:acting": Example(),
    "branches:pick_members": Example(query={"q": "pham"}),
    "branches:pick_organizations": Example(query={"q": "chi bo"}),
}
