"""Word documents from templates: those that come with the application, or an office's own."""

import hashlib
import io
import zipfile

from django.core.exceptions import ValidationError
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from lxml.etree import LxmlError

from .checking import TemplateEnvironment, check_package, say_error
from .sample import sample

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What a wrong template makes docxtpl and what it stands on raise.
BROKEN = (TemplateError, LxmlError, ValueError, KeyError, TypeError, AttributeError, IndexError)


def fill(template, fields, *, kind, mark=""):
    """The template (bytes) with the fields (a dict, see fields.py) as a Word document, bytes.
    `mark` stands in the header of every page.

    Raises ValidationError for a template that cannot be filled.
    """
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.render(fields, jinja_env=TemplateEnvironment(kind), autoescape=True)
        made = _saved(document)
        return _marked(made, mark) if mark else made
    except (*BROKEN, zipfile.BadZipFile) as error:
        raise ValidationError(say_error(error)) from error


def check_template(content, *, kind):
    """Raise ValidationError with a sentence for everything that is wrong with an uploaded
    template: each unknown field by its name, with the nearest that there is."""
    check_package(content)
    environment = TemplateEnvironment(kind, strict=False)
    try:
        document = DocxTemplate(io.BytesIO(content))
        document.init_docx()
        for xml in _texts(document):
            environment.parse(document.patch_xml(xml))
    except (*BROKEN, zipfile.BadZipFile) as error:
        raise ValidationError(environment.faults or say_error(error)) from error
    if environment.faults:
        raise ValidationError(environment.faults)
    fill(content, sample(kind), kind=kind)


def _texts(document):
    yield document.get_xml()
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        for _key, part in document.get_headers_footers(uri):
            yield document.get_part_xml(part)


def digest_of(template):
    """SHA-256 of what a template (bytes) holds, whenever it was packed."""
    found = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        for name in sorted(archive.namelist()):
            found.update(name.encode() + b"\0" + archive.read(name) + b"\0")
    return found.hexdigest()


def _marked(content, mark):
    document = Document(io.BytesIO(content))
    for section in document.sections:
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        for header in headers:
            header.is_linked_to_previous = False
            paragraph = header.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(mark)
            run.italic, run.font.size = True, Pt(10)
    return _saved(document)


def _saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
