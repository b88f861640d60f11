"""Static files as production serves them."""

import pytest
from django.core.management import call_command


@pytest.fixture
def hashed_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }


def test_every_file_that_a_style_sheet_names_is_there(hashed_names, tmp_path):
    """Production's storage, less the compression, refuses a sheet with a dead link."""
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()
