"""Pages are Vietnamese until their reader chooses."""

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language

from config.middleware import language_middleware


@pytest.mark.parametrize(
    ("cookie", "language"), [(None, "vi"), ("en", "en"), ("vi", "vi"), ("fr", "vi"), ("../x", "vi")]
)
def test_language_is_the_readers_choice_and_not_the_browsers(rf, settings, cookie, language):
    request = rf.get("/", headers={"accept-language": "en-US,en;q=0.9"})
    if cookie:
        request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = cookie
    response = language_middleware(lambda request: HttpResponse(get_language()))(request)
    assert response.content.decode() == response["Content-Language"] == language
    assert response["Vary"] == "Cookie"


def test_streamed_answer_keeps_the_language(rf, settings):
    request = rf.get("/")
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = "en"
    view = language_middleware(lambda request: StreamingHttpResponse(get_language() for _ in "ab"))
    assert b"".join(view(request)) == b"enen"
    assert get_language() == "vi"


@pytest.mark.django_db
def test_choice_is_kept_in_a_cookie(client, settings):
    response = client.post("/language/", {"language": "en", "next": "/language/"})
    assert response.status_code == 302
    cookie = response.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")
