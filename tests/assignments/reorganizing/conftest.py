import pytest
from django.utils import translation

from .world import Place


@pytest.fixture(autouse=True)
def _in_the_database(db):
    with translation.override("en"):
        yield


@pytest.fixture
def place():
    return Place()
