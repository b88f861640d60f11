import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english():
    """Messages are asserted in the language that they are written in."""
    with translation.override("en"):
        yield
