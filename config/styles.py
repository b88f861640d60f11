"""What the site uses of Tabler's style sheet, so that phones fetch a fourth of it.

    python -m config.styles update   write static/vendor/tabler/used.css anew
    python -m config.styles check    is everything in it that templates, scripts and code name?

A rule is used when each class and attribute of one of its selectors is a word somewhere in the
templates, scripts or code, ours or those of the packages that render forms and tables. So a class
must stand there whole: "btn-" with something appended is not found.
"""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
TABLER = BASE_DIR / "static" / "vendor" / "tabler"
WHOLE, USED = TABLER / "tabler.min.css", TABLER / "used.css"
SOURCES = (
    *("branches", "accounts", "assignments", "evaluations", "workbook"),
    *("templates", "static/js", "static/vendor/tom-select"),
)
PACKAGES = ("crispy_bootstrap5", "crispy_forms", "django_filters", "django_tables2")
ENDINGS = (".html", ".js", ".py")
LICENCE = "Of Tabler 1.6.1 (MIT): what this site uses, written by config/styles.py"
NESTING = ("@media", "@supports", "@layer", "@container")
SHOWN = 10  # faults at once


def words_in_use():
    """All words of templates, scripts and code: among them are the names of all classes."""
    folders = [BASE_DIR / source for source in SOURCES]
    folders += [Path(find_spec(package).origin).parent for package in PACKAGES]
    found = set()
    for path in (path for folder in folders for path in folder.rglob("*")):
        if path.suffix in ENDINGS:
            found.update(re.findall(r"[\w-]+", path.read_text(encoding="utf-8")))
    return found


def rules_of(sheet):
    """(head, body) of each rule; the body is None for a statement that ends with a semicolon."""
    place = 0
    while (start := sheet.find("{", place)) != -1:
        end = sheet.find(";", place, start)
        if end != -1 and sheet[place:start].lstrip().startswith("@"):
            yield sheet[place : end + 1], None
            place = end + 1
            continue
        end = _closing(sheet, start)
        yield sheet[place:start].strip(), sheet[start + 1 : end]
        place = end + 1


def _closing(sheet, start):
    """The place of the brace that closes the one at `start`; strings may hold braces."""
    depth = 0
    for found in re.compile(r'"[^"]*"|\'[^\']*\'|[{}]').finditer(sheet, start):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if not depth:
            return found.start()
    raise ValueError("a brace is not closed")


def used_of(sheet, words):
    """The rules of the sheet that are used, as a list of texts."""
    kept = []
    for head, body in rules_of(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)):
        if body is None:
            kept.append(head)
        elif head.startswith(NESTING):
            kept += [f"{head}{{{rule}}}" for rule in used_of(body, words)]
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        else:
            selectors = re.split(r",(?![^()]*\))", head)
            if used := [each for each in selectors if _is_used(each, words)]:
                kept.append(f"{','.join(used)}{{{body}}}")
    return kept


def _is_used(selector, words):
    plain = re.sub(r'"[^"]*"', "", selector)
    # What stands in :not(…), :is(…), :where(…) need not be there.
    while plain != (plain := re.sub(r":[\w-]+\([^()]*\)", "", plain)):
        pass
    names = re.findall(r"[.\[]((?:[\w-]|\\.)+)", plain)
    return all(part in words for name in names for part in re.split(r"[^\w-]+", name) if part)


def wanted():
    return used_of(WHOLE.read_text(encoding="utf-8"), words_in_use())


def missing():
    """The used rules that are not in the file."""
    return sorted(set(wanted()) - set(USED.read_text(encoding="utf-8").splitlines()))


def update():
    text = f"/* {LICENCE} */\n" + "\n".join(wanted()) + "\n"
    USED.write_text(text, encoding="utf-8")


def main(words):
    if words == ["update"]:
        update()
    elif words != ["check"]:
        sys.exit(__doc__)
    elif faults := missing():
        shown = "\n".join(fault[:100] for fault in faults[:SHOWN])
        sys.exit(f"{len(faults)} rules are missing: python -m config.styles update\n{shown}")


if __name__ == "__main__":
    main(sys.argv[1:])
