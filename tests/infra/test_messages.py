"""The tool that keeps the translations."""

import pytest

from config import messages

TEMPLATE = """{% load i18n %}
    {% blocktranslate count counter=total trimmed %}
      One member
    {% plural %}
      {{ counter }} members
    {% endblocktranslate %}
  {% translate "Sign in" context "button" %} {# Translators: a day #}
{{ title|default:_("Untitled") }}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "BASE_DIR", tmp_path)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "branches").mkdir()
    (tmp_path / "branches" / "models.py").write_text('name = _("member of %(branch)s")\n')
    return tmp_path


def test_strings_of_code_and_templates_are_collected(project):
    found = {(message.context, message.id) for message in messages.collect() if message.id}
    assert found == {
        (None, ("One member", "%(counter)s members")),
        ("button", "Sign in"),
        (None, "Untitled"),
        (None, "member of %(branch)s"),
    }


def test_check_names_every_fault(project):
    (project / "branches" / "new.py").write_text('_("Danh sách đảng viên"), _("write x or có")\n')
    faults = "\n".join(messages.find_faults("vi"))
    assert "django.po: not up to date" in faults
    assert "django.mo: not compiled" in faults
    assert "not translated: 'Untitled'" in faults
    assert "not English: 'Danh sách đảng viên'" in faults
    assert "not English: 'write x or có'" not in faults


def test_update_keeps_translations_and_check_is_then_content(project, capsys):
    messages.update_all()
    text = messages.find_path("vi").read_text()
    text = text.replace('msgstr[0] ""', 'msgstr[0] "%(counter)s đảng viên"')
    text = text.replace('"Sign in"\nmsgstr ""', '"Sign in"\nmsgstr "Đăng nhập"')
    text = text.replace('"Untitled"\nmsgstr ""', '"Untitled"\nmsgstr "Không tên"')
    source = '"member of %(branch)s"\nmsgstr '
    text = text.replace(f'{source}""', f'{source}"đảng viên %(branch)s"')
    messages.find_path("vi").write_text(text)
    messages.update_all()
    assert messages.find_faults("vi") == []
    assert "4 strings, 0 untranslated" in capsys.readouterr().out


def test_translation_that_loses_a_placeholder_is_a_fault(project):
    messages.update_all()
    path = messages.find_path("vi")
    source = '"member of %(branch)s"\nmsgstr '
    path.write_text(path.read_text().replace(f'{source}""', f'{source}"đảng viên"'))
    messages.update_all()
    assert "the placeholders differ" in "\n".join(messages.find_faults("vi"))
