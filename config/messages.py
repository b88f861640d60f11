"""The translations, without the gettext tools of the system.

    python -m config.messages update   collect the strings into the .po files and compile them
    python -m config.messages check    is that done, and is every string translated?

Source strings are English; so English needs no file, and Vietnamese must be complete. Strings of
other packages that have no Vietnamese of their own are listed in locale/third_party.py.
"""

import re
import sys
import unicodedata
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

BASE_DIR = Path(__file__).resolve().parent.parent
SOURCES = (
    *("branches", "accounts", "assignments", "evaluations", "workbook", "config"),
    *("templates", "locale"),
)
LOCALES = ("vi",)
SHOWN = 30  # faults at once
HEADER = {
    "project": "Chi Bộ",
    "version": "1",
    "header_comment": "# Translate here; `make messages` keeps the list of strings up to date.",
    "last_translator": "The Chi Bộ contributors",
    "language_team": "The Chi Bộ contributors",
    "msgid_bugs_address": "none",
    "revision_date": datetime(2026, 11, 22, tzinfo=UTC),
    "fuzzy": False,
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def main():
    if sys.argv[1:] == ["update"]:
        update_all()
    elif sys.argv[1:] == ["check"]:
        faults = [fault for locale in LOCALES for fault in find_faults(locale)]
        if len(faults) > SHOWN:
            faults[SHOWN:] = [f"… and {len(faults) - SHOWN} more"]
        sys.exit("\n".join(faults) if faults else 0)
    else:
        sys.exit(__doc__)


def update_all():
    for locale in LOCALES:
        path = find_path(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = read_updated(locale)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(catalog))
        missing = sum(not translated(message) for message in list(catalog)[1:])
        print(f"{path.relative_to(BASE_DIR)}: {len(catalog)} strings, {missing} untranslated")


def find_faults(locale):
    """What is wrong with the locale's files, a line each; [] when nothing is."""
    path = find_path(locale)
    name = path.relative_to(BASE_DIR)
    catalog = read_updated(locale)
    faults = []
    if not path.exists() or path.read_bytes() != as_po(catalog):
        faults.append(f"{name}: not up to date with the sources: run `make messages`")
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != as_mo(catalog):
        faults.append(f"{compiled.relative_to(BASE_DIR)}: not compiled: run `make messages`")
    for message in list(catalog)[1:]:  # the first is the heading of the file
        faults += [f"{name}: {fault}: {message.id!r}" for fault in find_message_faults(message)]
    for message, errors in catalog.check():
        if translated(message):
            faults += [f"{name}: {error}: {message.id!r}" for error in errors]
    return faults


def find_message_faults(message):
    if not is_english(message):
        yield "the source string is not English"
    if message.fuzzy:
        yield "fuzzy"
    elif not translated(message):
        yield "not translated"
    elif placeholders(message.id) != placeholders(message.string):
        yield "the placeholders differ"


def find_path(locale):
    return BASE_DIR / "locale" / locale / "LC_MESSAGES" / "django.po"


def read_updated(locale):
    """The stored catalog of the locale, brought up to date with the sources."""
    path = find_path(locale)
    catalog = Catalog(locale=locale, **HEADER)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=locale)
    # A string that resembles an old one is no translation: nothing is guessed.
    catalog.update(collect(), no_fuzzy_matching=True, update_creation_date=False)
    return catalog


def collect():
    """All the strings of the sources."""
    catalog = Catalog()
    paths = (path for source in SOURCES for path in (BASE_DIR / source).rglob("*"))
    for path in sorted(paths):
        if path.suffix not in {".py", ".html", ".txt"}:
            continue
        name = path.relative_to(BASE_DIR).as_posix()
        code = path.read_text()
        if path.suffix != ".py":
            # Django's own way: the template as Python calls. In brackets, indents mean nothing.
            code = f"({templatize(code, origin=name)}\n)"
        strings = extract("python", BytesIO(code.encode()), KEYWORDS, ["Translators:"])
        for _line, message, comments, context in strings:
            # Without line numbers: an edit above a string changes nothing here.
            catalog.add(message, None, [(name, None)], auto_comments=comments, context=context)
    return catalog


def as_po(catalog):
    file = BytesIO()
    write_po(
        file, catalog, width=100, sort_by_file=True, ignore_obsolete=True, include_lineno=False
    )
    return file.getvalue()


def as_mo(catalog):
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def translated(message):
    return all(message.string) if message.pluralizable else bool(message.string)


def placeholders(texts):
    """The placeholders of a string, or of all its plural forms together."""
    return set(PLACEHOLDER.findall("".join(texts)))


def is_english(message):
    """Whether fewer than half of the words have a letter with a diacritic: examples may have."""
    words = ("".join(message.id) if message.pluralizable else message.id).split()
    return sum(map(is_vietnamese, words)) * 2 <= len(words)


def is_vietnamese(word):
    return any(unicodedata.decomposition(letter) or letter in "đĐ" for letter in word)


if __name__ == "__main__":
    main()
