"""What waits on this phone to be sent."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from branches.acting import acts


@require_safe
@acts
def queue(request):
    """The list is in the browser alone: the page brings the words, static/js/queue-list.js the
    rows."""
    return render(request, "assignments/queue.html")
