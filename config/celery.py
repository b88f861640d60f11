"""The Celery application: `celery -A config worker`."""

import os
import signal

from celery import Celery
from celery.signals import beat_embedded_init, worker_process_init

from config.processes import ask_for_signal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_embedded_init.connect
@worker_process_init.connect
def end_with_the_worker(**_more):
    """What a worker started ends with it when it is killed, whatever it is waiting for."""
    ask_for_signal(signal.SIGKILL)
