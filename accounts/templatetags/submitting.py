"""The key of a form, by which it counts once however often it is sent."""

from uuid import uuid4

from crispy_forms.layout import HTML
from crispy_forms.utils import render_crispy_form
from django import template
from django.core.exceptions import BadRequest
from django.utils.html import format_html

from accounts.submitting import FIELD, key_of

register = template.Library()
KEY = HTML("{% load submitting %}{% submission_key %}")


@register.simple_tag(takes_context=True)
def submission_key(context, form=None):
    """The hidden field of a form whose view is `@once`; `form`, if it is not the `form` of the
    page, is the one whose errors are told to a script.

    A form that comes back with errors keeps its key. In a crispy layout:
    `HTML("{% load submitting %}{% submission_key %}")`.
    """
    request = context["request"]
    request.submitted_form = form if form is not None else context.get("form")
    # A browser that shows the page again must not put another page's key into it.
    text = '<input type="hidden" name="{}" value="{}" autocomplete="off">'
    return format_html(text, FIELD, _sent(request) or uuid4())


@register.simple_tag(takes_context=True)
def once_form(context, form):
    """A form with a crispy layout whose view is `@once`, with its key."""
    form.helper.layout.append(KEY)
    return render_crispy_form(form, context=context.flatten())


def _sent(request):
    try:
        return key_of(request)
    except BadRequest:
        return None
