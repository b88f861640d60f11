"""Trials of rating sets: what they say, on which desk, to whom; that they leave nothing behind."""

import csv
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.choices import Role
from branches.templatetags import numbers
from evaluations import tasks
from evaluations.models import Rating, Scheme
from evaluations.services import schemes
from evaluations.services.roll_ups import roll_up_inline
from evaluations.services.trials import start_trial
from evaluations.trials import pages as trial_pages
from evaluations.trials import runs as trial_runs
from tests import builders as make
from tests.evaluations.test_trials import everything
from tests.pages import HTMX, count_queries, text_of
from tests.year_end import NOON, TODAY

LAST_DAY = date(2025, 12, 31)


@pytest.fixture
def district():
    """Two wards of one branch with six members each; all of W1 exceeded a task, all of W2 met one.
    Rated for 2025."""
    district = make.make_organization("district", code="D", name="Huyện ủy D")
    for ward, outcome in (("W1", "exceeded"), ("W2", "met")):
        _ward, (branch,) = make.make_ward(ward, parent=district)
        for number in range(6):
            member = make.make_member(branch, code=f"{ward}-M{number}")
            make.make_task(member, branch, 2025, outcome=outcome)
            make.make_deduction(member, date(2025, 3, 1), number)
    roll_up_inline(district, year=2025, at=NOON)
    return district


@pytest.fixture
def board(district):
    user = make.make_user("board")
    make.grant(user, Role.BOARD, district)
    return user


@pytest.fixture
def draft(district, board):
    """Stricter: excellent takes 99 points, and no more than 5 % of the good ones may be it."""
    draft = schemes.copy_scheme(
        Scheme.objects.for_year(2025), organization=district, name="Bộ mới", by=board,
        on=TODAY, at=NOON,
    )  # fmt: skip
    definition = deepcopy(draft.definition)
    definition["min"]["excellent"] = 99
    definition["cap"]["percent"] = "5"
    return schemes.change_scheme(
        draft, name="Bộ mới", first_year=2025, last_year=None, definition=definition,
        by=board, on=TODAY,
    )  # fmt: skip


def ask(organization, scheme, by):
    return start_trial(
        organization, scheme=scheme, year=2025, as_of=LAST_DAY, by=by, on=TODAY, at=timezone.now()
    )


def run(organization, scheme, by):
    """The trial, done as the worker does it."""
    trial = ask(organization, scheme, by)
    tasks.run_trial(str(trial.token), by.pk)
    return trial_runs.find(trial.token, user=by)


def levels():
    return dict(Rating.objects.values_list("member__code", "suggested_level"))


@pytest.mark.django_db
def test_the_scheme_on_record_changes_nobody(district, board):
    result = run(district, Scheme.objects.for_year(2025), board).result
    assert (result.members, result.changed, result.unknown, result.other_facts) == (12, 0, 0, 0)
    assert result.changes == []
    assert len(result.roll_ups) == 1


@pytest.mark.django_db
def test_who_changes_and_where_the_cap_bites(district, board, draft):
    before = levels()
    assert [before[f"W1-M{number}"] for number in range(6)].count("excellent") > 0
    trial = run(district, draft, board)
    result = trial.result
    expected = {}
    with trial_runs.trial_ratings(district, year=2025, as_of=LAST_DAY, scheme=draft) as table:
        for row in Rating.objects.raw(f"SELECT * FROM {table}"):  # noqa: S608
            expected[row.member.code] = row.suggested_level
    changed = {code for code in before if before[code] != expected[code]}
    codes = dict(make.Member.objects.values_list("pk", "code"))
    assert {codes[each.member] for each in result.changes} == changed
    assert result.changed == len(changed) > 0
    for each in result.changes:
        assert (each.former_level, each.level) == (
            before[codes[each.member]], expected[codes[each.member]],
        )  # fmt: skip
    (cap,) = result.caps
    assert (cap.excellent, cap.places, cap.over) == (1, 0, 1)
    assert result.cap_units == 2
    assert levels() == before


@pytest.mark.django_db
def test_facts_that_changed_since_are_told_apart(district, board):
    member = make.Member.objects.get(code="W2-M0")
    make.make_task(member, member.memberships.get().branch, 2025, outcome="unmet")
    result = run(district, Scheme.objects.for_year(2025), board).result
    assert [(each.member, each.other_facts) for each in result.changes] == [(member.pk, True)]
    assert result.other_facts == 1


@pytest.mark.django_db
def test_members_without_a_rating_are_counted_apart(district, board):
    newcomer = make.make_member(make.Organization.objects.get(code="W1-1"))
    result = run(district, Scheme.objects.for_year(2025), board).result
    assert (result.members, result.unknown) == (13, 1)
    assert newcomer.pk not in {each.member for each in result.changes}


@pytest.mark.django_db
def test_of_a_branch_its_own_members_and_no_cap_are_told(district, board, draft):
    branch = make.Organization.objects.get(code="W1-1")
    result = run(branch, draft, board).result
    assert (result.members, result.cap_units, result.caps) == (6, 0, [])


@pytest.mark.django_db(transaction=True)
def test_no_row_is_left_and_nothing_changes(district, board, draft):
    before, rated = everything(), levels()
    assert run(district, draft, board).result.changed
    assert everything() == before
    assert levels() == rated


@pytest.mark.django_db
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    excellent=st.sampled_from([0, 70, 90, 99]),
    percent=st.sampled_from(["0", "20", "50", "100"]),
    base=st.sampled_from(["good", "good_or_better"]),
    by_class=st.booleans(),
    met=st.sampled_from(["0.5", "1", "1.2"]),
)
def test_adopted_it_rates_as_it_was_tried(district, board, excellent, percent, base, by_class, met):
    """What a trial says is what a roll-up by the same set writes then."""
    definition = deepcopy(Scheme.objects.for_year(2025).definition)
    definition["min"]["excellent"] = excellent
    definition["cap"] = {"percent": percent, "base": base, "by_class": by_class}
    definition["task_credit"]["met"] = met
    scheme = Scheme.objects.create(
        key=f"k{uuid4().hex[:8]}", name="x", first_year=2025, definition=definition
    )
    result = run(district, scheme, board).result
    before = levels()
    roll_up = roll_up_inline(district, year=2025, scheme=scheme, at=NOON)
    after = dict(roll_up.ratings.values_list("member__code", "suggested_level"))
    codes = dict(make.Member.objects.values_list("pk", "code"))
    told = {codes[each.member]: each.level for each in result.changes}
    assert told == {code: after[code] for code in after if after[code] != before[code]}
    used = sum(level == "excellent" for level in after.values())
    assert sum(sums.excellent for sums in result.units.values()) == used
    Rating.objects.filter(roll_up=roll_up).delete()
    roll_up.latest.update(roll_up=min(result.roll_ups))


@pytest.mark.django_db
def test_the_sums_of_the_page_agree(district, board, draft):
    result = run(district, draft, board).result
    rows = trial_pages.matrix(result)
    assert sum(total for _level, _cells, total in rows) == result.members
    assert sum(number for _level, number in trial_pages.matrix_sums(result)) == result.members
    moved = sum(cell.number for _level, cells, _sum in rows for cell in cells if not cell.stays)
    assert moved == result.changed
    flows = trial_pages.sankey(result)
    assert sum(link["number"] for link in flows["links"]) == result.members
    names = {node["name"] for node in flows["nodes"]}
    assert all({link["source"], link["target"]} <= names for link in flows["links"])


# Pages


@pytest.fixture
def desk(client, board):
    client.force_login(board)
    return client


def url(trial):
    return reverse("evaluations:trial", args=[trial.token])


@pytest.mark.django_db
def test_asked_for_on_a_page(desk, district, draft):
    address = reverse("evaluations:trial_start", args=[draft.pk])
    assert desk.get(address).status_code == 200
    response = desk.post(address, {"year": "2025"})
    assert response.status_code == 302
    assert desk.get(response.url).context["trial"].as_of == LAST_DAY
    for wrong in ({"year": "1"}, {"year": "2025", "as_of": "01/01/2026"}):
        assert desk.post(address, wrong).status_code == 200


@pytest.mark.django_db
def test_an_organization_that_was_not_there_is_refused(desk, draft):
    young = make.make_organization(
        "grassroots_committee",
        parent=make.Organization.objects.get(code="D"),
        since=date(2025, 6, 1),
    )
    address = reverse("evaluations:trial_start", args=[draft.pk]) + f"?org={young.pk}"
    response = desk.post(address, {"year": "2025", "as_of": "31/03/2025"})
    assert "as_of" in response.context["form"].errors


@pytest.mark.django_db
def test_the_page_waits_then_shows_the_result(desk, district, board, draft):
    trial = ask(district, draft, board)
    asked = {"HX-Request": "true", "HX-Target": "progress"}
    waiting = desk.get(url(trial), headers=asked)
    assert "every 1s" in text_of(waiting)
    assert "<html" not in text_of(waiting)
    trial_runs.run(trial.token, user=board, clock=timezone.localtime)
    assert desk.get(url(trial), headers=asked)["HX-Refresh"] == "true"
    whole = desk.get(url(trial))
    assert whole.context["trial"].result.changed
    assert "data-level-flow" in text_of(whole)


@pytest.mark.django_db
def test_the_list_follows_the_matrix(desk, district, board, draft):
    trial = run(district, draft, board)
    change = trial.result.changes[0]
    rows = desk.get(url(trial), {"former": change.former_level}, headers=HTMX).context["table"]
    assert len(rows.rows) == sum(
        each.former_level == change.former_level for each in trial.result.changes
    )
    none = desk.get(url(trial), {"former": "none", "unit": "x"}, headers=HTMX).context["table"]
    assert len(none.rows) == 0
    assert count_queries(desk, url(trial)) <= 22


@pytest.mark.django_db
def test_who_changes_level_as_a_file(desk, district, board, draft):
    trial = run(district, draft, board)
    former = trial.result.changes[0].former_level
    page = desk.get(url(trial), {"former": former})
    csv_file, xlsx_file = (each["url"] for each in page.context["downloads"])
    text = b"".join(desk.get(csv_file).streaming_content).decode("utf-8-sig")
    _heading, *rows = csv.reader(text.splitlines())
    told = [each for each in trial.result.changes if each.former_level == former]
    people = make.Member.objects.in_bulk([each.member for each in told])
    assert [row[0] for row in rows] == [people[each.member].full_name for each in told]
    assert rows[0][1] == people[told[0].member].code
    assert rows[0][6] == numbers.number(told[0].score, 2)
    book = load_workbook(BytesIO(b"".join(desk.get(xlsx_file).streaming_content)))
    assert book.active.max_row == 1 + len(told)
    assert desk.get(csv_file.replace("csv", "pdf")).status_code == 404


@pytest.mark.django_db
def test_nobody_else_sees_it(client, district, board, draft):
    trial = run(district, draft, board)
    other = make.make_user()
    make.grant(other, Role.BOARD, district)
    client.force_login(other)
    assert client.get(url(trial)).status_code == 404
    assert client.get(f"{url(trial)}changes.csv").status_code == 404
    client.force_login(board)
    board.grants.update(validity=make.period(None, date(2020, 1, 1)))
    assert client.get(url(trial)).status_code in (403, 404)


@pytest.mark.django_db
def test_only_who_sees_the_ratings_and_edits_sets_may_try(district, draft):
    leader = make.make_user()
    make.grant(leader, Role.LEADER, district)
    with pytest.raises(PermissionDenied):
        ask(district, draft, leader)


@pytest.mark.django_db
def test_a_trial_that_fails_says_why(desk, district, board, draft, monkeypatch):
    trial = ask(district, draft, board)

    def broken(*_args, **_more):
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr(trial_runs, "compute", broken)
    with pytest.raises(ZeroDivisionError):
        tasks.run_trial(str(trial.token), board.pk)
    assert "nothing to divide by" in text_of(desk.get(url(trial)))


@pytest.mark.django_db
def test_one_whose_worker_died_may_be_started_again(desk, district, board, draft):
    trial = ask(district, draft, board)
    long_ago = timezone.now() - timedelta(minutes=3)
    trial_runs.keep(replace(trial, begun=True, told_at=long_ago))
    response = desk.get(url(trial))
    assert response.context["stalled"]
    assert reverse("evaluations:trial_start", args=[draft.pk]) in text_of(response)


@pytest.mark.django_db
def test_a_trial_that_was_forgotten_is_gone(desk, district, board, draft):
    trial = run(district, draft, board)
    cache.clear()
    assert desk.get(url(trial)).status_code == 404
    trial_runs.run(trial.token, user=board, clock=timezone.localtime)
    trial_runs.fail(trial.token, user=board, sentence="x", at=NOON)
