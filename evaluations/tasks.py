from datetime import datetime

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from accounts.recording import recording_session

from . import anonymisation
from .locked import searches as change_searches
from .models import RollUp
from .papers import jobs
from .rolling_up import shards
from .trials import runs as trial_runs

RESUME_SECONDS = 15  # as often as beat asks; older messages are superfluous


@shared_task
def work_on_roll_up(roll_up_id):
    """Compute one shard, then go to the end of the queue again: other work comes in between.

    A copy, or a message that the broker delivers a second time, does no harm: it finds another
    shard or nothing to do."""
    with recording_session(user=_asked_by(roll_up_id), source="task: work_on_roll_up"):
        wait = shards.work_on_shard(roll_up_id, at=timezone.now())
    if wait is not None:
        work_on_roll_up.apply_async([roll_up_id], countdown=wait or None)


def _asked_by(roll_up_id):
    roll_up = RollUp.objects.select_related("requested_by").filter(pk=roll_up_id).first()
    return roll_up and roll_up.requested_by


@shared_task
def resume_roll_ups():
    """Find workers again for roll-ups whose workers died or whose messages were lost."""
    for roll_up_id in shards.stalled_roll_ups():
        work_on_roll_up.apply_async([roll_up_id], expires=RESUME_SECONDS)


@shared_task
def run_trial(token, user_id):
    """Compute a trial. A copy finds it done, or computes it once more: nothing is written."""
    user = User.objects.get(pk=user_id)
    with recording_session(user=user, source="task: run_trial"):
        try:
            trial_runs.run(token, user=user, clock=timezone.localtime)
        except Exception as error:
            sentence = str(error).strip().partition("\n")[0] or type(error).__name__
            trial_runs.fail(token, user=user, sentence=sentence, at=timezone.now())
            raise


@shared_task
def work_on_papers(job_id):
    """Make one part of a job's papers, then go to the end of the queue again. A copy does no harm:
    it finds another part, or nothing to do."""
    with recording_session(source="task: work_on_papers"):
        more = jobs.work_on_part(job_id, on=timezone.localdate(), at=timezone.now())
    if more:
        work_on_papers.delay(job_id)


@shared_task
def resume_papers():
    """Find workers again for papers whose workers died or whose messages were lost."""
    for job_id in jobs.unfinished_jobs():
        work_on_papers.apply_async([job_id], expires=RESUME_SECONDS)


@shared_task
def forget_papers():
    """Keep papers that were made no longer than PAPERS_KEEP_DAYS."""
    jobs.forget_jobs(at=timezone.now())


@shared_task
def look_for_changes(cycle_id, begun_at):
    """Find what corrections since the lock would change in a cycle. A copy finds it again."""
    change_searches.look(cycle_id, begun_at=datetime.fromisoformat(begun_at))


@shared_task
def anonymise_due_members():
    """Anonymise whoever is due; off unless the setting ANONYMISE_BY_ITSELF asks for it."""
    with recording_session(source="task: anonymise_due_members"):
        anonymisation.anonymise_due(at=timezone.now(), on=timezone.localdate())
