"""Tasks on their way: begun and reported by who does them, confirmed or sent back by the office of
the confirming committee, and by nobody else.

`by` is who does it, `at` the moment. What the rules forbid raises PermissionDenied; a wrong state
or wrong values raise ValidationError.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.models import StoredFile

from ..choices import Outcome, TaskState, TaskStepKind
from ..directives.attachments import check_attachment
from ..models import Assignment, Task, TaskEvidence, TaskStep
from ..photos import check_photo
from ..rated import rated_members
from ..registering.outcomes import due_day, suggest_outcome
from ..registering.states import require_state

MOST_EVIDENCE = 10  # files of one report


@recorded
def start_task(task, *, by, at):
    """The member says that the work has begun."""
    task = _locked_own(task, by)
    require_state("start", task)
    return _go(task, TaskState.IN_PROGRESS, TaskStepKind.STARTED, by=by, at=at)


@recorded
def note_progress(task, *, actual=None, comment="", evidence=(), by, at):
    """How far the work is, with files that show it; nothing is handed in yet.

    actual    the quantity reached so far, None for work without figures
    evidence  uploaded files
    """
    task = _locked_own(task, by)
    require_state("progress", task)
    _check_actual(task, actual)
    task.actual = actual
    said = {"actual": actual, "text": comment}
    _go(task, TaskState.IN_PROGRESS, TaskStepKind.PROGRESS, evidence, by=by, at=at, **said)
    return task


@recorded
def report_task(task, *, actual=None, comment="", evidence=(), by, at):
    """The member hands the work in: it waits for the confirming committee from now on. May be
    repeated until that has decided; the last report counts."""
    task = _locked_own(task, by)
    require_state("report", task)
    _check_actual(task, actual)
    task.actual = actual
    said = {"actual": actual, "text": comment}
    _go(task, TaskState.REPORTED, TaskStepKind.REPORTED, evidence, by=by, at=at, **said)
    return task


@recorded
def confirm_tasks(pairs, *, by, at, reason=""):
    """Confirm reported tasks; returns them. All or none.

    pairs  (task, outcome): an Outcome each
    """
    outcomes = {task.pk: Outcome(outcome) for task, outcome in pairs}
    tasks = _locked_by_the_office(outcomes, by=by, at=at)
    require_state("confirm", *tasks)
    # One statement: as many as wait for a month are confirmed in one sitting.
    Task.objects.filter(pk__in=outcomes).update(
        state=TaskState.CONFIRMED,
        outcome=Case(*(When(pk=pk, then=Value(each.value)) for pk, each in outcomes.items())),
        confirmed_by=Case(*(When(pk=task.pk, then=Value(task.committee_id)) for task in tasks)),
    )
    TaskStep.objects.bulk_create(
        TaskStep(
            task=task,
            kind=TaskStepKind.CONFIRMED,
            by=by,
            at=at,
            committee_id=task.committee_id,
            actual=task.actual,
            outcome=outcomes[task.pk],
        )
        for task in tasks
    )
    for task in tasks:
        task.state, task.outcome = TaskState.CONFIRMED, outcomes[task.pk]
        task.confirmed_by_id = task.committee_id
    return tasks


@recorded
def return_task(task, *, reason, by, at):
    """The office sends a registration or a report back to the cadre, who puts it right."""
    task = _locked_one_by_the_office(task, by=by, at=at)
    require_state("return", task)
    return _decide(task, TaskState.RETURNED, TaskStepKind.RETURNED, reason, by=by, at=at)


@recorded
def reopen_task(task, *, reason, by, at):
    """The office takes a confirmation back: the report waits again. Not once the year is rated."""
    task = _locked_one_by_the_office(task, by=by, at=at)
    require_state("reopen", task)
    if rated_members([task.member_id], year=task.year):
        raise ValidationError(
            _("%(year)s is rated: what was confirmed for it stays as it is.") % {"year": task.year}
        )
    task.outcome, task.confirmed_by = "", None
    return _decide(task, TaskState.REPORTED, TaskStepKind.REOPENED, reason, by=by, at=at)


@recorded
def weigh_task(task, *, weight, reason, by, at):
    """The office gives a registered task another weight than the cadre proposed."""
    task = _locked_one_by_the_office(task, by=by, at=at)
    require_state("weigh", task)
    _require_reason(reason)
    if weight <= 0:
        raise ValidationError({"weight": _("A weight is more than 0.")})
    if weight == task.weight:
        raise ValidationError({"weight": _("It has this weight already.")})
    changes = {"weight": [f"{task.weight.normalize():f}", f"{weight.normalize():f}"]}
    task.weight = weight
    task.save(update_fields=["weight"])
    _note(
        TaskStepKind.CHANGED,
        task,
        by=by,
        at=at,
        text=reason,
        committee_id=task.committee_id,
        changes=changes,
    )
    return task


@recorded
def cancel_task(task, *, reason, by, at):
    """Whoever assigned the cadre drops a task that need not be done any more: it counts nowhere.
    Nobody cancels their own: what was promised and not done counts as such."""
    task = _lock(task)
    if not may_cancel(task, by=by, on=timezone.localdate(at)):
        raise PermissionDenied
    require_state("cancel", task)
    _require_reason(reason)
    return _go(task, TaskState.CANCELLED, TaskStepKind.CANCELLED, by=by, at=at, text=reason)


def may_cancel(task, *, by, on):
    """Whether the user stands for who assigned the cadre, and is not the cadre. What a branch gave
    without an assignment is not cancelled here."""
    if task.assignment_id is None or task.member_id == by.member_id:
        return False
    changeable = Assignment.objects.changeable_by(by, on=on)
    return changeable.filter(pk=task.assignment_id).exists()


def suggested_outcome(task):
    """What the figures of a reported task speak for. task: from `with_reported_at()`."""
    return suggest_outcome(
        quantity=task.quantity,
        actual=task.actual,
        due_on=due_day(task.due_on, year=task.year),
        reported_on=task.reported_at and timezone.localdate(task.reported_at),
        exceeded_percent=settings.TASK_EXCEEDED_PERCENT,
    )


def _lock(task):
    return Task.objects.select_related("assignment").select_for_update(of=("self",)).get(pk=task.pk)


def _locked_own(task, by):
    task = _lock(task)
    if by.member_id is None or task.member_id != by.member_id:
        raise PermissionDenied
    return task


def _locked_by_the_office(ids, *, by, at):
    """The tasks, locked in one order, each with the committee_id that confirms it; all of them are
    the user's to decide on, or PermissionDenied is raised."""
    rows = Task.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    tasks = list(rows)
    committees = dict(
        Task.objects.filter(pk__in=ids)
        .confirmable_by(by, on=timezone.localdate(at))
        .values_list("pk", "committee")
    )
    if not tasks or committees.keys() != set(ids):
        raise PermissionDenied
    for task in tasks:
        task.committee_id = committees[task.pk]
    return tasks


def _locked_one_by_the_office(task, *, by, at):
    (task,) = _locked_by_the_office([task.pk], by=by, at=at)
    return task


def _check_actual(task, actual):
    if actual is None and task.quantity is not None:
        raise ValidationError({"actual": _("Say how much was reached, 0 for nothing.")})
    if actual is not None and actual < 0:
        raise ValidationError({"actual": _("A quantity is 0 or more.")})


def _require_reason(reason):
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})


def _decide(task, state, kind, reason, *, by, at):
    _require_reason(reason)
    return _go(task, state, kind, by=by, at=at, text=reason, committee_id=task.committee_id)


def _go(task, state, kind, evidence=(), *, by, at, **said):
    """Take the step: the state, and the line that tells of it."""
    task.state = state
    task.save(update_fields=["state", "outcome", "confirmed_by", "actual"])
    step = _note(kind, task, by=by, at=at, **said)
    _keep(step, evidence, by=by, at=at)
    return task


def _note(kind, task, **values):
    return TaskStep.objects.create(task=task, kind=kind, **values)


def _keep(step, uploads, *, by, at):
    if len(uploads) > MOST_EVIDENCE:
        message = _("At most %(most)s files are sent with one report.") % {"most": MOST_EVIDENCE}
        raise ValidationError({"evidence": message})
    TaskEvidence.objects.bulk_create(
        TaskEvidence(step=step, file=_store(upload, by=by, at=at)) for upload in uploads
    )


def _store(upload, *, by, at):
    try:
        media_type = check_attachment(upload)
        if media_type.startswith("image/"):
            content, media_type = check_photo(upload)
        else:
            upload.seek(0)
            content = upload.read()
    except ValidationError as error:
        raise ValidationError({"evidence": error.messages}) from error
    name = upload.name.replace("\x00", "")
    return StoredFile.store(name, content, media_type=media_type, by=by, at=at)
