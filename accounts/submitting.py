"""A form that is sent more than once counts once: by a double tap, a retry, or a phone that never
heard the answer.

`{% submission_key form %}` gives each form of a page a key; the database lets each key in once, in
the transaction of the request that first brings it. What is asked for with `Accept:
application/json` is answered in JSON, for the queue of a browser that was without a network.
"""

import hashlib
import json
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import connection
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Submission
from .offline import user_key

FIELD = "key"
NO_CONTENT = (FIELD, "csrfmiddlewaretoken")
# What the queue of a browser says: whose entry it sends (`user_key`), and that it goes to the page
# of the answer, which then tells what there is to tell.
SENT_BY, SHOWN_NEXT = "Sent-By", "Shown-Next"
CLAIM_SQL = """
INSERT INTO accounts_submission (key, user_id, page, content, at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (key) DO NOTHING
"""
CONFLICT, INVALID = 409, 422


def once(view):
    """Carry out a POST with a `key` once, and give every copy of it the answer of the first.

    Stands nearest to the view: `@acts`, then `@once`. A redirect by the view means that it was
    done, unless the reader is told an error with it; everything else means that nothing was done:
    then no key stays behind, and the same page may be sent again. A copy that comes meanwhile waits
    for the first. A key that another person has sent, or the same one with other content, is a
    conflict (409). A POST without a key is just carried out.

    A queue names whose entry it sends: one of another user is refused, 409 {"state": "other_user"}.
    In JSON: 200 {"state": "saved", "url", "message", "attention"}, where `attention` says that the
    message is a warning which somebody has to read; 409 {"state": "conflict", "message"}, also for
    a redirect with an error; 422 {"state": "invalid", "errors": {field: [texts]}}. Takes two
    statements.
    """

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        if request.headers.get(SENT_BY, user_key(request.user)) != user_key(request.user):
            return JsonResponse({"state": "other_user"}, status=CONFLICT)
        key, told_before = key_of(request), len(_told(request))
        claim = (key, request.user.pk, request.resolver_match.view_name, _digest(request))
        if key and not _insert(claim):
            return _answer_again(request, claim)
        response = view(request, *args, **kwargs)
        answer = {"url": "", "messages": _told(request)[told_before:]}
        if isinstance(response, HttpResponseRedirect):
            answer["url"] = response.url
        if key:
            _store(key, answer if _is_done(answer) else None)
        return _in_json(request, response, answer) if wants_json(request) else response

    wrapped.is_sent_once = True
    return wrapped


def key_of(request):
    """The key that the form was sent with, None without one. Raises BadRequest for no UUID."""
    text = request.POST.get(FIELD)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise BadRequest("The key of a form is a UUID.") from None


def wants_json(request):
    """Whether a script asks, which reads JSON and no page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def forget_submissions(*, before):
    """Forget the keys of forms sent before that moment. Returns how many they were."""
    return Submission.objects.filter(at__lt=before).delete()[0]


def _insert(claim):
    """Whether the key is new; waits while another transaction that brought it is open."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SQL, [*claim, timezone.now()])
        return cursor.rowcount == 1


def _digest(request):
    """Of the fields as they were filled in; line ends differ with the way that a form is sent."""
    fields = [
        [name, [value.replace("\r\n", "\n") for value in values]]
        for name, values in sorted(request.POST.lists())
        if name not in NO_CONTENT
    ]
    content = json.dumps([request.get_full_path(), fields, sorted(request.FILES)])
    return hashlib.sha256(content.encode()).hexdigest()


def _is_done(answer):
    return answer["url"] and all(level < messages.ERROR for level, _text in answer["messages"])


def _store(key, answer):
    claimed = Submission.objects.filter(pk=key)
    if answer is None:
        claimed.delete()
    else:
        claimed.update(answer=answer)


def _answer_again(request, claim):
    stored = Submission.objects.get(pk=claim[0])
    if (stored.user_id, stored.page, stored.content) != claim[1:]:
        return _conflict(request, is_own=stored.user_id == request.user.pk)
    answer = stored.answer
    if wants_json(request):
        return _in_json(request, None, answer)
    waiting = _told(request)
    for level, text in answer["messages"]:
        if [level, text] not in waiting:
            messages.add_message(request, level, text)
    return HttpResponseRedirect(answer["url"])


def _conflict(request, *, is_own):
    if is_own:
        text = _("This form was sent before with other content, which was saved.")
    else:
        text = _("This form was sent by somebody else before.")
    if wants_json(request):
        return JsonResponse({"state": "conflict", "message": text}, status=CONFLICT)
    return render(request, "accounts/sent_before.html", {"text": text}, status=CONFLICT)


def _told(request):
    """[[level, text], …] of what the reader was told, which the next page still shows."""
    stored = messages.get_messages(request)
    told = [[each.level, str(each)] for each in stored]
    stored.used = False
    return told


def _in_json(request, response, answer):
    """The answer as a script reads it; what is neither done nor refused in words stays."""
    message = " ".join(text for _level, text in answer["messages"])
    if answer["url"]:
        # Where no page follows, the script shows it.
        messages.get_messages(request).used = SHOWN_NEXT not in request.headers
    if _is_done(answer):
        attention = any(level >= messages.WARNING for level, _text in answer["messages"])
        told = {"url": answer["url"], "message": message, "attention": attention}
        return JsonResponse({"state": "saved"} | told)
    if answer["url"]:
        return JsonResponse({"state": "conflict", "message": message}, status=CONFLICT)
    form = getattr(request, "submitted_form", None)
    if form is None:
        return response
    return JsonResponse({"state": "invalid", "errors": errors_of(form)}, status=INVALID)


def errors_of(form):
    """{field: [texts]} of a form or a formset, whose fields stand under their whole names."""
    if hasattr(form, "forms"):
        found = {"__all__": list(form.non_form_errors())} if form.non_form_errors() else {}
        for each in form.forms:
            found |= errors_of(each)
        return found
    return {
        form.add_prefix(name) if name in form.fields else name: list(texts)
        for name, texts in form.errors.items()
    }
