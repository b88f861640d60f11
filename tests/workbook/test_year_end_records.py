"""What the year end has of members: in one's own data, merged, and anonymised."""

import zipfile
from datetime import date

import pytest
from django.utils.translation import override

from accounts.models import JournalChange
from evaluations.anonymisation import NOBODY, anonymise_member
from evaluations.choices import StepKind
from evaluations.models import Appraisal, Comment, Decision, Proposal, SelfReview, StepDone
from evaluations.services.cycle_steps import finish_step
from tests import builders as make
from tests.year_end import NOON, NOTE, TODAY, do_steps, open_small_cycle, vote_simply
from workbook.own_data import write_own_data
from workbook.quality.merging import merge_members

SAID = ("Siêng năng", "Hay muộn", "Bận việc nhà", "Đã sửa", "Sẽ sửa", "Gương mẫu", "Khu phố 5")
LONG_AFTER = date(2040, 1, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def small():
    return open_small_cycle(units=1, branches=1, members=3)


def write(appraisal, by):
    """A self-review, a comment and a proposal of the member; the branch has voted."""
    entered = {"entered_by": by, "entered_at": NOON}
    SelfReview.objects.create(
        appraisal=appraisal,
        points={"common": "28", "results": "60"},
        level="good",
        strengths=SAID[0],
        shortcomings=SAID[1],
        causes=SAID[2],
        mended=SAID[3],
        plans=SAID[4],
        submitted_at=NOON,
        **entered,
    )
    Comment.objects.create(
        appraisal=appraisal,
        kind="residence",
        place=SAID[6],
        text=SAID[5],
        received_on=TODAY,
        **entered,
    )
    do_steps(appraisal.cycle_branch, before="proposal", by=by)
    Proposal.objects.create(
        appraisal=appraisal,
        step="proposal",
        level="good",
        note="Chi ủy nhất trí",
        proposed_by=by,
        proposed_at=NOON,
    )
    vote_simply(appraisal.cycle_branch, by=by)


def decide(appraisal, by):
    """Otherwise than the vote, for a reason."""
    decision = Decision.objects.create(
        appraisal=appraisal,
        revision=1,
        cause="decision",
        level="completed",
        rating=appraisal.rating,
        grounds=["differs", "vote"],
        reason="Có đơn thư đang xem xét",
        decided_on=TODAY,
        decided_by=by,
        decided_at=NOON,
    )
    Appraisal.objects.filter(pk=appraisal.pk).update(decision=decision)


def own_tables(user, tmp_path):
    output = tmp_path / f"{user.pk}.zip"
    with override("en"):
        write_own_data(user, on=TODAY, output=output, language="en")
    with zipfile.ZipFile(output) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_ones_own_data_tell_a_decision_after_the_notice_alone(small, tmp_path):
    appraisal = small.appraisals[1]
    write(appraisal, small.by)
    decide(appraisal, small.by)
    user = make.make_user(member=appraisal.member)
    tables = own_tables(user, tmp_path)
    for text in SAID[:5]:
        assert text in tables["self_reviews.csv"]
    assert SAID[5] in tables["comments.csv"]
    assert "Chi ủy nhất trí" in tables["proposals.csv"]
    assert "2025,1,1," in tables["votes.csv"]
    assert "decisions.csv" not in tables
    finish_step(appraisal.cycle_branch, "decision", note=NOTE, by=small.by, on=TODAY, at=NOON)
    for kind in (StepKind.ORGANIZATIONS, StepKind.NOTICE):
        new = {"cycle_branch": appraisal.cycle_branch, "done_at": NOON, "done_by": small.by}
        StepDone.objects.create(kind=kind, **new)
    assert "Có đơn thư" in own_tables(user, tmp_path)["decisions.csv"]


def test_the_way_through_an_open_cycle_moves_to_a_record_that_has_none(small):
    gone = small.appraisals[0].member
    kept = make.make_member(code="KEPT")
    given = {"values": {}, "branch_of": gone, "by": make.make_user(), "on": TODAY}
    merge_members(kept, gone, **given, reason="trùng")
    assert small.appraisals[-1].member == kept
    assert not gone.appraisals.exists()


def test_of_two_in_one_cycle_each_keeps_its_own(small):
    kept, gone = (each.member for each in small.appraisals[:2])
    given = {"values": {}, "branch_of": kept, "by": make.make_user(), "on": TODAY}
    merge_members(kept, gone, **given, reason="trùng")
    assert (kept.appraisals.count(), gone.appraisals.count()) == (1, 1)


def test_words_go_with_the_member_and_from_the_trail(small):
    appraisal = small.appraisals[1]
    member = appraisal.member
    write(appraisal, small.by)
    decide(appraisal, small.by)
    member.memberships.all().delete()
    type(member).objects.filter(pk=member.pk).update(
        left_on=date(2026, 2, 1), left_reason="deceased"
    )
    anonymise_member(member, by=None, on=LONG_AFTER, at=NOON, reason="Hết hạn")
    review, comment = SelfReview.objects.get(), Comment.objects.get()
    assert (review.strengths, review.plans, review.level) == ("", "", "good")
    assert (comment.text, comment.place, comment.not_needed) == (NOBODY, NOBODY, "")
    assert (Proposal.objects.get().note, Proposal.objects.get().level) == ("", "good")
    assert (Decision.objects.get().reason, Decision.objects.get().level) == (NOBODY, "completed")
    told = str(list(JournalChange.objects.values_list("before", "after")))
    words = (*SAID, "Chi ủy nhất trí", "Có đơn thư")
    assert [text for text in words if text in told] == []
