"""Made-up content of each kind of document, to try templates with."""

from .fields import FIELDS, ITEMS, PLAIN


def sample(kind):
    """Every field with its own name as its text; two items in each list."""
    return {name: _items(name) if name in ITEMS else name for name in FIELDS[kind]}


def _items(name):
    if ITEMS[name] is PLAIN:
        return [f"{name} 1", f"{name} 2"]
    return [{field: f"{field} {place}" for field in ITEMS[name]} for place in (1, 2)]
