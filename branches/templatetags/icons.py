"""Small pictures from the sprite of Tabler's icons."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

register = template.Library()

SPRITE = "vendor/tabler-icons/sprite.svg"


@register.simple_tag
def icon(name, css_class=""):
    """One icon, for the eye only: the words beside it say the same."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        css_class,
        static(SPRITE),
        name,
    )
