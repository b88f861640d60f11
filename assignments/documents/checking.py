"""What an uploaded Word template may hold: fields that there are, and nothing that acts by itself.

A template is a program in a small language, run by the server with what the office wrote. So it may
only name fields, repeat lists and leave parts out: no calls, no sums, no attributes of Python.
"""

import difflib
import io
import re
import zipfile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .fields import FIELDS, ITEMS, PLAIN

MOST_BYTES = 5 * 1024**2
MOST_UNPACKED = 20 * 1024**2
MOST_TEXT = 2 * 1024**2  # of one part that is read as text
MOST_PARTS = 500
MOST_TIMES = 200  # unpacked, of what it is packed
MAIN = "word/document.xml"
MAIN_TYPE = b"wordprocessingml.document.main+xml"
LOOP_FIELDS = ("index", "index0", "first", "last", "length")
MOST_NAMED = 12
# What a template is made of; everything else of the language is refused.
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.Const,
    nodes.Compare,
    nodes.Operand,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
ACTING = re.compile(rb"vbaProject|activeX|/embeddings/|oleObject|attachedTemplate|afchunk", re.I)
EXTERNAL = re.compile(rb"<Relationship\b[^>]*\bTargetMode\s*=\s*[\"']External[\"'][^>]*>", re.I)
FETCHING = re.compile(rb"\b(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON)\b")


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """The language of templates for one kind of document. `faults` gathers what is wrong in what it
    reads; with `strict` it refuses to read on, so that nothing wrong is ever run."""

    def __init__(self, kind, *, strict=True):
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()
        self.kind, self.strict, self.faults = kind, strict, []

    def is_safe_attribute(self, obj, attr, value):
        return isinstance(obj, LoopContext) and attr in LOOP_FIELDS

    def _parse(self, source, name, filename):
        tree = super()._parse(source, name, filename)
        faults = find_faults(tree, self.kind)
        self.faults += [fault for fault in faults if fault not in self.faults]
        if self.faults and self.strict:
            raise TemplateSyntaxError(self.faults[0], 1)
        return tree


def find_faults(tree, kind):
    """Sentences about every field that is not known and everything that is not allowed."""
    return list(dict.fromkeys(_faults(tree, FIELDS[kind], {})))


def _faults(node, fields, loops):
    """loops: {name that a loop gives to an item: the fields of the item, or PLAIN}."""
    if not isinstance(node, ALLOWED):
        yield _("“%(what)s” is not allowed in a template: only fields, “for” and “if” are.") % {
            "what": type(node).__name__.lower()
        }
        return
    if isinstance(node, nodes.Name):
        if node.name not in fields and node.name not in loops:
            yield _unknown(node.name, [*fields, *loops])
        return
    if isinstance(node, nodes.Getattr):
        yield from _attribute_faults(node, fields, loops)
        return
    if isinstance(node, nodes.For):
        yield from _loop_faults(node, fields, loops)
        return
    for child in node.iter_child_nodes():
        yield from _faults(child, fields, loops)


def _attribute_faults(node, fields, loops):
    owner = node.node.name if isinstance(node.node, nodes.Name) else ""
    known = loops.get(owner, ())
    if owner not in loops or known is PLAIN:
        yield _unknown(f"{owner or '…'}.{node.attr}", [*fields, *loops])
    elif node.attr not in known:
        nearest = [f"{owner}.{name}" for name in known]
        yield _unknown(f"{owner}.{node.attr}", nearest)


def _loop_faults(node, fields, loops):
    list_name = node.iter.name if isinstance(node.iter, nodes.Name) else ""
    if not isinstance(node.target, nodes.Name) or node.test or node.recursive:
        yield _("Write a loop like “for dong in phan_cong”.")
        return
    if list_name not in ITEMS or list_name not in fields:
        lists = [name for name in ITEMS if name in fields]
        yield _unknown(list_name or "…", lists)
        return
    if loops:
        # A list in a list, of both as long as they get, would be made longer than any document.
        yield _("A loop cannot stand in another loop: “%(name)s”.") % {"name": list_name}
        return
    inner = {node.target.name: ITEMS[list_name], "loop": LOOP_FIELDS}
    for child in [*node.body, *node.else_]:
        yield from _faults(child, fields, inner)


def _unknown(name, known):
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    if nearest:
        return _("There is no field “%(name)s”. Is “%(nearest)s” meant?") % {
            "name": name,
            "nearest": nearest[0],
        }
    return _("There is no field “%(name)s”. There are: %(known)s.") % {
        "name": name,
        "known": ", ".join(known),
    }


def check_package(content):
    """Raise ValidationError for what is no Word document, unpacks to too much, or acts by itself
    when somebody opens it."""
    if len(content) > MOST_BYTES:
        raise ValidationError(_("A template has at most 5 MB."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive)
            _check_parts(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise ValidationError(_("This is no Word document (.docx), or a damaged one.")) from error


def _check_sizes(archive):
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    texts = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_UNPACKED
        or unpacked > MOST_TIMES * max(packed, 1)
        or any(part.file_size > MOST_TEXT for part in texts)
    ):
        raise ValidationError(_("The document unpacks to more than a template ever does."))


def _check_parts(archive):
    names = archive.namelist()
    if MAIN not in names or "[Content_Types].xml" not in names:
        raise ValidationError(_("This is no Word document (.docx), or a damaged one."))
    types = archive.read("[Content_Types].xml")
    if MAIN_TYPE not in types or ACTING.search("\n".join(names).encode()) or ACTING.search(types):
        raise ValidationError(
            _("It holds macros or embedded objects: save it as a plain Word document (.docx).")
        )
    for name in names:
        if name.endswith(".rels"):
            _check_relations(archive.read(name))
        elif name.endswith(".xml"):
            _check_text(archive.read(name))


def _check_relations(xml):
    if ACTING.search(xml) or any(
        b"/hyperlink" not in relation[0] for relation in EXTERNAL.finditer(xml)
    ):
        raise ValidationError(_("It fetches parts from elsewhere or holds embedded objects."))


def _check_text(xml):
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or FETCHING.search(xml):
        raise ValidationError(_("It holds fields that fetch or run something when it is opened."))


def say_error(error):
    """A sentence about what keeps a template from being filled."""
    if isinstance(error, TemplateError):
        return _("The template cannot be read: %(reason)s") % {"reason": error.message or error}
    return _("The template cannot be filled: a “for” or “if” may begin or end at a wrong place.")
