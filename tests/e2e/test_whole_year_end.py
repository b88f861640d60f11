"""A whole cycle in a real browser: Tiền An's year, moved to 2025. Five branches vote, the ward
decides, a tie at the cap is settled, a discipline is excepted, all is locked, corrected late and
rated again."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.utils import translation
from playwright.sync_api import expect

from evaluations.choices import StepKind
from evaluations.models import Appraisal, Cycle, Decision, Rating
from tests import builders as make
from tests.builders import PASSWORD

from .tien_an_2025 import BOARD, LEADER, SECRETARY, YEAR, make_tien_an, roll_up

BEFORE_THE_VOTE = (
    StepKind.COLLECTIVE,
    StepKind.SELF_REVIEW,
    StepKind.COMMENTS,
    StepKind.PROPOSAL,
)
FILL = """
([marks, papers]) => {
  const put = (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const name of ["present", "issued", "returned"]) {
    put(document.querySelector(`[name=${name}]`), papers);
  }
  for (const [pk, column] of Object.entries(marks)) {
    put(document.querySelector(`#row-${pk} [data-column=${column}]`), papers);
  }
}
"""


@pytest.fixture
def ward(transactional_db, tmp_path):
    return make_tien_an(tmp_path)


@pytest.fixture
def visit(browser, base_url, ward):
    """visit(user): a page on which the user has signed in, in English."""
    contexts = []

    def signed_in(username):
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        contexts.append(context)
        context.add_cookies(
            [{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": base_url}]
        )
        page = context.new_page()
        page.goto(f"{base_url}/")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
        return page

    yield signed_in
    for context in contexts:
        context.close()


def test_from_the_opening_to_a_re_rating(visit, base_url, ward):
    board = visit(BOARD)
    cycle = open_cycle(board, base_url, ward)

    secretary = visit(SECRETARY)
    for row in cycle.branches.select_related("branch").order_by("branch__code"):
        bring_to_the_vote(secretary, base_url, cycle, row)
        let_vote(secretary, base_url, cycle, row)
        finish(secretary, base_url, cycle, row, StepKind.VOTE)
    assert cycle.branches.filter(done__kind=StepKind.VOTE).count() == 5

    leader = visit(LEADER)
    settle_the_tie(leader, base_url, cycle)
    except_the_discipline(leader, base_url, cycle)
    refuse_one_too_many(leader, base_url, cycle)
    decide_on_the_others(leader, base_url, cycle)
    lock(leader, secretary, base_url, cycle)

    correct_late(leader, base_url, cycle, ward)


def open_cycle(page, base_url, ward):
    page.goto(f"{base_url}/cycles/?org={ward.pk}")
    page.get_by_role("link", name="Open a cycle").first.click()
    page.get_by_label("Year", exact=True).fill(str(YEAR))
    page.get_by_role("checkbox", name="Rating of the organization").uncheck()
    page.get_by_role("button", name="Open the cycle").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"cycle of {YEAR}")
    page.get_by_role("button", name="Take the suggestions").click()
    expect(page.get_by_text("taken on")).to_be_visible()
    return Cycle.objects.get(organization=ward, year=YEAR)


def address(base_url, cycle, row):
    return f"{base_url}/cycles/{cycle.pk}/branches/{row.branch_id}/"


def finish(page, base_url, cycle, row, kind, note=""):
    with translation.override("en"):
        name = str(kind.label)
    page.goto(address(base_url, cycle, row))
    page.get_by_role("link", name="Finish this step").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.locator("[name=note]").fill(note)
    page.get_by_role("button", name="The step is done").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("reviews and ratings")


def bring_to_the_vote(page, base_url, cycle, row):
    """The steps before the vote; the vote first is refused with what to do."""
    page.goto(f"{address(base_url, cycle, row)}votes/1/1/")
    expect(page.get_by_text("comes first")).to_be_visible()
    for kind in BEFORE_THE_VOTE:
        finish(page, base_url, cycle, row, kind, note="Bổ sung tại hội nghị")


def let_vote(page, base_url, cycle, row):
    """Both ballots, on everybody who is to be rated: as is suggested, or else completed."""
    to_be_rated = list(row.appraisals.to_be_rated())
    levels = {each.pk: each.suggested_level or "completed" for each in to_be_rated}
    was_excellent = Rating.objects.filter(
        appraisals__in=to_be_rated, level="excellent"
    ).values_list("appraisals", flat=True)
    first = {pk: "good" if level == "excellent" else level for pk, level in levels.items()}
    second = dict.fromkeys(was_excellent, "excellent")
    for ballot, marks in ((1, first), (2, second)):
        if not marks:
            continue
        page.goto(f"{address(base_url, cycle, row)}votes/1/{ballot}/")
        papers = int(page.locator("[name=present]").input_value())
        page.evaluate(FILL, [{str(pk): column for pk, column in marks.items()}, str(papers)])
        if row.branch.code == "TA-1" and ballot == 1:
            refuse_what_does_not_add_up(page, next(iter(marks.items())), papers)
        if ballot == 1 and not second:
            page.locator("[name=nobody_stood]").check()
        page.get_by_role("button", name="Record the vote").click()
        expect(page).to_have_url(re.compile(r"/votes/(\?|$)"))


def refuse_what_does_not_add_up(page, mark, papers):
    pk, column = mark
    cell = page.locator(f"#row-{pk} [data-column={column}]")
    cell.fill(str(papers - 1))
    page.get_by_role("button", name="Record the vote").click()
    expect(page.locator(f"#row-{pk} .invalid-feedback")).to_be_visible()
    page.locator(f"#row-{pk} [data-column={column}]").fill(str(papers))


def settle_the_tie(page, base_url, cycle):
    page.goto(f"{base_url}/cycles/{cycle.pk}/ties/")
    tie = page.locator("section[id^=tie-]").first
    names = tie.get_by_role("checkbox")
    assert names.count() > 1
    names.first.check()
    tie.get_by_label("Reason").fill("Cán bộ lớn tuổi nhất, nhiều năm phục vụ")
    tie.get_by_role("button", name="Those ticked are excellent, the others good").click()
    expect(page.get_by_text("settled", exact=True)).to_be_visible()
    settled = Decision.objects.filter(grounds__contains=["tie"])
    assert settled.filter(level="excellent").count() == 1
    assert settled.filter(level="good").count() == names.count() - 1


def except_the_discipline(page, base_url, cycle):
    """Suggested as failed: another level without a reason is refused, with one it is written."""
    page.goto(f"{base_url}/cycles/{cycle.pk}/decisions/?note=discipline")
    page.locator("input[name=ids]").first.check()
    page.get_by_label("Decision", exact=False).first.select_option("completed")
    page.get_by_role("button", name="Decide: those ticked").click()
    expect(page.get_by_role("heading", name="Decide")).to_be_visible()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    assert not Decision.objects.filter(grounds__contains=["discipline"]).exists()
    page.get_by_label("Reason").fill("Tự giác nhận lỗi, đã khắc phục xong hậu quả")
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_text("1 decision is written.")).to_be_visible()
    assert Decision.objects.get(grounds__contains=["discipline"]).level == "completed"


def refuse_one_too_many(page, base_url, cycle):
    """Everybody who reached excellent before the cap: more than there are places."""
    page.goto(f"{base_url}/cycles/{cycle.pk}/decisions/?state=open&suggested=good")
    before = Decision.objects.count()
    page.get_by_label("Decision", exact=False).first.select_option("excellent")
    page.get_by_text("Reason, document").click()
    page.get_by_label("Reason", exact=True).fill("Đều xứng đáng")
    page.get_by_role("button", name=re.compile("Decide: all")).click()
    expect(page.get_by_text(re.compile("places"))).not_to_have_count(0)
    expect(page.get_by_role("heading", name="Decide", exact=True)).to_be_visible()
    assert Decision.objects.count() == before


def decide_on_the_others(page, base_url, cycle):
    """Who has results as suggested; who has none as the branch voted."""
    for query, level in (("state=open", "voted"),):
        page.goto(f"{base_url}/cycles/{cycle.pk}/decisions/?note=undecided&{query}")
        page.get_by_label("Decision", exact=False).first.select_option(level)
        page.get_by_text("Reason, document").click()
        page.get_by_label("Reason", exact=True).fill("Theo biểu quyết của chi bộ")
        page.get_by_role("button", name=re.compile("Decide: all")).click()
        expect(page.get_by_text("decisions are written.")).to_be_visible()
    page.goto(f"{base_url}/cycles/{cycle.pk}/decisions/?state=open")
    page.get_by_label("Decision", exact=False).first.select_option("suggested")
    page.get_by_text("Reason, document").click()
    page.get_by_label("Reason", exact=True).fill("Theo gợi ý và tỷ lệ xuất sắc")
    page.get_by_role("button", name=re.compile("Decide: all")).click()
    expect(page.get_by_text("decisions are written.")).to_be_visible()
    assert not cycle.appraisals.to_be_rated().filter(decision=None).exists()


def lock(page, secretary, base_url, cycle):
    page.goto(f"{base_url}/cycles/{cycle.pk}/lock/")
    expect(page.get_by_text("finish it first").first).to_be_visible()
    for row in cycle.branches.select_related("branch").order_by("branch__code"):
        finish(page, base_url, cycle, row, StepKind.DECISION)
        finish(secretary, base_url, cycle, row, StepKind.NOTICE)
    page.goto(f"{base_url}/cycles/{cycle.pk}/lock/")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Lock the cycle").click()
    expect(page.get_by_role("heading", name="Locked", level=1)).to_be_visible()
    cycle.refresh_from_db()
    assert re.fullmatch("[0-9a-f]{64}", cycle.digest)


def correct_late(page, base_url, cycle, ward):
    """A deduction that nobody had entered: another roll-up changes nothing that was locked, the
    list names the member, and a re-rating makes a second revision."""
    best = cycle.appraisals.filter(decision__level="excellent").order_by("pk").first()
    before = list(cycle.appraisals.order_by("pk").values_list("pk", "decision", "rating"))
    make.make_deduction(best.member, date(YEAR, 6, 1), 15)
    roll_up(ward)
    assert list(cycle.appraisals.order_by("pk").values_list("pk", "decision", "rating")) == before

    page.goto(f"{base_url}/cycles/{cycle.pk}/decisions/")
    expect(page.get_by_text("This cycle is locked")).to_be_visible()
    page.goto(f"{base_url}/cycles/{cycle.pk}/changes/")
    page.get_by_role("button", name="Look again").click()
    row = page.get_by_role("row", name=re.compile(best.member.full_name)).first
    expect(row).to_be_visible()
    row.get_by_role("link", name="Rate again").click()
    page.get_by_label("New level").select_option("good")
    page.get_by_label("Reason").fill("Bổ sung việc trừ điểm tháng 6")
    page.get_by_role("button", name="Rate again").click()
    expect(page.get_by_text("revision 2")).to_be_visible()
    expect(page.get_by_text("revision 1")).to_be_visible()

    best = Appraisal.objects.select_related("decision").get(pk=best.pk)
    assert (best.decision.revision, best.decision.level) == (2, "good")
    assert best.decision.changes
    first = best.decisions.get(revision=1)
    assert first.level == "excellent"
    page.goto(f"{base_url}/cycles/{cycle.pk}/lock/?check=1")
    expect(page.get_by_text("nothing of what was locked has changed")).to_be_visible()
