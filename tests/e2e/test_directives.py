"""Entering a document, forming a team and making a document of it; how the pages look to all."""

from datetime import date

import pytest
from docx import Document
from playwright.sync_api import expect

from accounts.choices import Role
from assignments.models import Assignment, Directive, Team
from tests import builders as make
from tests import paper_builders as papers

from .looking import look
from .test_administrator import signed_in

DAY = date(2025, 3, 1)


@pytest.fixture
def board(transactional_db):
    district = make.make_organization("district", code="D", name="Quận ủy Cái Răng")
    ward, (branch, _second) = make.make_ward("W", parent=district, branches=2)
    leader = make.make_member(branch, code="L1", full_name="Trần Thường Vụ")
    make.make_position(leader, district, title="Ủy viên Ban Thường vụ")
    member = make.make_member(branch, code="M1", full_name="Lê Cán Bộ")
    make.make_position(member, district, rank="committee_member", title="Ủy viên")
    directive = make.make_directive(
        district, number="15-QĐ/QU", issued_on=DAY, title="Phân công các đoàn cán bộ"
    )
    team = make.make_team(directive, ward, leader, name="Đoàn cán bộ chỉ đạo phường")
    row = make.make_assignment(
        member, ward, since=DAY, team=team, directive=directive, role="team_member"
    )
    make.make_task(member, ward, 2025, assignment=row, title="Giúp hộ nghèo")
    make.make_review(row, 2025, "excellent")
    papers.make_indicator(ward, 2025, name="Cây ăn trái", target="710.5", actual=700, unit="ha")
    papers.attach(directive, name="Bản đã ký.pdf")
    papers.make_template(district)
    user = make.make_user("tochuc")
    make.grant(user, Role.BOARD, district)
    return user


def test_from_a_document_to_a_team_and_its_plan(context, base_url, board, tmp_path):
    page = signed_in(context, board, base_url)
    page.goto(f"{base_url}/directives/add/")
    page.locator("#id_issued_on").fill("05/03/2025")
    expect(page.locator("#id_number")).to_have_value("16-QĐ/QU")
    page.locator("#id_kind").select_option("plan")
    expect(page.locator("#id_number")).to_have_value("01-KH/QU")
    page.locator("#id_title").fill("Cử đoàn cán bộ về phường")
    page.locator("#id_attachments").set_input_files(
        [{"name": "KH 01.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}]
    )
    page.locator("#submit-id-save").click()
    expect(page.locator(".note-success")).to_be_visible()
    expect(page.get_by_text("KH 01.pdf")).to_be_visible()
    directive = Directive.objects.get(number="01-KH/QU")
    page.goto(f"{base_url}/directives/{directive.pk}/teams/add/")
    page.locator("#id_target-ts-control").press_sequentially("W-2", delay=20)
    page.keyboard.press("Tab")
    page.locator("#id_leader").select_option(label="Trần Thường Vụ")
    page.locator("#submit-id-form").click()
    expect(page.locator(".note-success")).to_be_visible()
    team = Team.objects.get(directive=directive)
    assert Assignment.objects.get(team=team).role == "team_leader"
    page.goto(f"{base_url}/teams/{team.pk}/document/")
    # The form may be sent twice: the page stays where a file comes back.
    for ending in ("pdf", "docx"):
        with page.expect_download() as download:
            page.locator(f"#submit-id-{ending}").click()
        path = tmp_path / f"made.{ending}"
        download.value.save_as(path)
        assert download.value.suggested_filename.endswith(f".{ending}")
    texts = [each.text for each in Document(path).paragraphs]
    assert any("Trần Thường Vụ" in text for text in texts)


def test_with_all_that_belongs_to_them_they_fit_and_read(context, base_url, board):
    directive, team = Directive.objects.get(), Team.objects.get()
    addresses = [
        "/directives/?q=nobody",
        f"/directives/{directive.pk}/?on=2025-12-31",
        f"/directives/{directive.pk}/assignments/",
        f"/teams/{team.pk}/?on=2025-12-31",
        f"/teams/{team.pk}/members/",
        "/templates/",
    ]
    assert look(signed_in(context, board, base_url), base_url, addresses) == {}
