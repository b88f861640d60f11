"""What view tests share: asking for a page, and counting what it costs."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

HTMX = {"HX-Request": "true", "HX-Target": "list"}


def count_queries(client, url):
    """How many queries one GET makes, which must succeed."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url)
    assert response.status_code == 200, response
    return len(queries)


def text_of(response):
    return response.content.decode()
