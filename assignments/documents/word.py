"""Word documents from templates: those that come with the application, or an office's own."""

import io
import zipfile

from django.core.exceptions import ValidationError
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from lxml.etree import LxmlError

from .checking import TemplateEnvironment, check_package, say_error
from .sample import sample

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What a wrong template makes docxtpl and what it stands on raise.
BROKEN = (TemplateError, LxmlError, ValueError, KeyError, TypeError, AttributeError, IndexError)


def fill(template, fields, *, kind):
    """The template (bytes) with the fields (a dict, see fields.py) as a Word document, bytes.

    Raises ValidationError for a template that cannot be filled.
    """
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.render(fields, jinja_env=TemplateEnvironment(kind), autoescape=True)
        return _saved(document)
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


def _saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
