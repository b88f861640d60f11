"""Everything of a cycle on sheets: who takes part and each stage, ballots, decisions, steps, and
the summary by unit with the numbers of the board."""

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from assignments.choices import Level
from assignments.documents.content import LANGUAGE
from branches.as_of import as_of
from branches.choices import PersonClass
from branches.masking import CARD_NUMBER, mask_code
from branches.models import Organization
from branches.querysets import opened_to

from ..choices import Cause, Ground, NotRatedReason, StepKind
from ..exports import SHEET_ROWS, ExportError
from ..models import Decision, Proposal, StepDone, VoteCount
from .branches import DECIDED, SUGGESTED, count_levels
from .sheets import write_sheets

# So many appraisals, more than a ward has, take less than a second; more are a job for a worker, so
# that nobody waits without knowing how long, and no process of the web is kept from others.
AT_ONCE = 5_000
CHUNK_ROWS = 2000  # of the cursor
ORGANIZATIONS = ("__branch", "__unit")  # how columns end that hold an id of one
LEVELS = {"": "", None: ""} | {level.value: level.label for level in Level}
APPRAISALS = {
    gettext_lazy("Party card"): "member__code",
    gettext_lazy("Name"): "member__full_name",
    gettext_lazy("Branch"): "cycle_branch__branch",
    gettext_lazy("Unit"): "cycle_branch__unit",
    gettext_lazy("Class"): "person_class",
    gettext_lazy("Rated"): "rated",
    gettext_lazy("Reason for not being rated"): "not_rated_reason",
    gettext_lazy("Score"): "rating__score",
    gettext_lazy("Suggested level"): "suggested_level",
    gettext_lazy("Own level"): "self_review__level",
    gettext_lazy("Branch committee"): "by_committee",
    gettext_lazy("Vote of the branch"): "voted_level",
    gettext_lazy("Sub-committee"): "by_section",
    gettext_lazy("Decided level"): "decision__level",
    gettext_lazy("Decided on"): "decision__decided_on",
}
WORDS = {
    "person_class": dict(PersonClass.choices),
    "rated": {True: gettext_lazy("yes"), False: gettext_lazy("no")},
    "not_rated_reason": dict(NotRatedReason.choices),
    **dict.fromkeys(
        (
            "suggested_level",
            "self_review__level",
            "by_committee",
            "voted_level",
            "by_section",
            "decision__level",
            "level",
        ),
        LEVELS,
    ),
    "cause": dict(Cause.choices),
    "kind": dict(StepKind.choices),
}


def fits_at_once(appraisals):
    """Whether their workbook is made while somebody waits for it. One query."""
    return appraisals[: AT_ONCE + 1].count() <= AT_ONCE


def write_workbook(cycle, appraisals, stream, *, user, today, progress=lambda done: None):
    """Write the sheets of those appraisals, in Vietnamese as all papers, to a path or binary
    stream; returns how many there are. Party cards are masked where the user may not see them.

    progress  called now and then with the number of members done

    Raises ExportError when they do not fit on a sheet.
    """
    ballots = VoteCount.objects.filter(appraisal__in=appraisals.values("pk"))
    decisions = Decision.objects.filter(appraisal__in=appraisals.values("pk"))
    members, *others = (rows.count() for rows in (appraisals, ballots, decisions))
    most = max(members, *others)
    if most > SHEET_ROWS:
        raise ExportError(
            _("%(count)d rows do not fit on a sheet of %(most)d: take a part.")
            % {"count": most, "most": SHEET_ROWS}
        )
    total = members + sum(others) or 1
    names = _names(cycle)
    with override(LANGUAGE):
        sheets = {
            _("Summary"): _summary(appraisals, names),
            _("Members"): _members(appraisals, names, user=user, today=today),
            _("Ballots"): _ballots(ballots, names),
            _("Decisions"): _decisions(decisions, names),
            _("Steps"): _steps(appraisals, names),
        }
        write_sheets(
            stream, sheets, tell=lambda rows: progress(min(members * rows // total, members))
        )
    return members


def _names(cycle):
    """{id: its name at the cut-off} of the branches and units of the cycle. Two queries."""
    rows = cycle.branches.order_by()
    found = Organization.objects.filter(
        Q(pk__in=rows.values("branch")) | Q(pk__in=rows.values("unit"))
    )
    return {each.pk: str(each) for each in as_of(found, on=cycle.cut_off)}


def _said(columns, rows, names):
    """The rows with words for what is stored; translated once, and not for each of many cells.
    names: of organizations, by id."""
    said = [
        names if column.endswith(ORGANIZATIONS) else _plain(WORDS.get(column, {}))
        for column in columns
    ]
    for row in rows:
        yield [
            words.get(value, value) if words else value
            for words, value in zip(said, row, strict=True)
        ]


def _plain(words):
    return {value: str(word) for value, word in words.items()}


def _members(appraisals, names, *, user, today):
    columns = tuple(APPRAISALS.values())
    proposals = Proposal.objects.filter(appraisal=OuterRef("pk"))
    rows = appraisals.annotate(
        by_committee=Subquery(proposals.filter(step="proposal").values("level")[:1]),
        by_section=Subquery(proposals.filter(step="section").values("level")[:1]),
        is_opened=opened_to(user, CARD_NUMBER, on=today, member="member"),
    )
    rows = rows.order_by("cycle_branch__branch__code", "member__sort_key", "member__code")
    found = rows.values_list("is_opened", *columns).iterator(chunk_size=CHUNK_ROWS)
    masked = ((code if is_opened else mask_code(code), *rest) for is_opened, code, *rest in found)
    return tuple(APPRAISALS), _said(columns, masked, names)


def _ballots(ballots, names):
    counts = ("excellent", "good", "completed", "failed", "blank")
    columns = (
        "vote__cycle_branch__branch",
        "vote__round",
        "vote__ballot",
        "vote__held_on",
        "vote__convened",
        "vote__away",
        "vote__absent_exempt",
        "vote__present",
        "vote__returned",
        "vote__invalid",
        "appraisal__member__full_name",
        *counts,
    )
    rows = ballots.order_by(
        "vote__cycle_branch__branch__code", "vote__round", "vote__ballot", "appraisal__member"
    )
    headings = (
        _("Branch"),
        _("Round"),
        _("Ballot"),
        _("Held on"),
        _("Convened"),
        _("Away"),
        _("Exempt and absent"),
        _("Present"),
        _("Papers returned"),
        _("Invalid"),
        _("Name"),
        *(Level(level).label for level in counts[:4]),
        _("Nothing marked"),
    )
    found = rows.values_list(*columns).iterator(chunk_size=CHUNK_ROWS)
    return headings, _said(columns, found, names)


def _decisions(decisions, names):
    columns = (
        "appraisal__cycle_branch__branch",
        "appraisal__member__full_name",
        "revision",
        "cause",
        "level",
        "reason",
        "document",
        "decided_on",
    )
    rows = decisions.order_by(
        "appraisal__cycle_branch__branch__code", "appraisal__member", "revision"
    )
    headings = (
        _("Branch"),
        _("Name"),
        _("Revision"),
        _("Cause"),
        _("Level"),
        _("Reason"),
        _("Document"),
        _("Decided on"),
        _("Why a reason was needed"),
    )
    found = rows.values_list(*columns, "grounds").iterator(chunk_size=CHUNK_ROWS)
    labels = _plain(dict(Ground.choices))
    return headings, (
        (*row, ", ".join(labels[ground] for ground in grounds))
        for *row, grounds in _said((*columns, "grounds"), found, names)
    )


def _steps(appraisals, names):
    columns = ("cycle_branch__branch", "kind", "done_at")
    branches = appraisals.values("cycle_branch")
    rows = StepDone.objects.filter(cycle_branch__in=branches).order_by(
        "cycle_branch__branch__code", "done_at", "pk"
    )
    headings = (_("Branch"), _("Step"), _("Done at"))
    return headings, _said(columns, rows.values_list(*columns), names)


def _summary(appraisals, names):
    headings = (
        _("Unit"),
        _("Counted"),
        _("Members"),
        _("Rated"),
        *(level.label for level in Level),
        _("Not rated"),
    )
    keys = ("all", "rated", *Level.values, "none")
    kinds = ((DECIDED, _("decided")), (SUGGESTED, _("suggested")))
    rows = [
        (names[unit.pk], words, *(numbers[key] for key in keys))
        for of, words in kinds
        for unit, numbers in count_levels(appraisals, of=of)
    ]
    return headings, rows
