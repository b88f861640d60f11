"""Addresses of what waits in the browser."""

from django.urls import path

from ..views import queue

urlpatterns = [path("my/queue/", queue.queue, name="queue")]
