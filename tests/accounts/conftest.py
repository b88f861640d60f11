import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_counts_of_other_tests():
    """Wrong passwords are counted in the cache, which no test's rollback undoes."""
    cache.clear()
