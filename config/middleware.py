"""The language of a page."""

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers


def language_middleware(get_response):
    """The reader's own choice, kept in a cookie by `set_language`, else Vietnamese.

    Unlike Django's LocaleMiddleware it does not ask the browser: in Vietnamese offices many run
    in English on an English Windows, whatever their reader's language.
    """
    languages = dict(settings.LANGUAGES)

    def middleware(request):
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in languages else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = get_response(request)
        if response.streaming:
            response.streaming_content = in_language(response.streaming_content, language)
        patch_vary_headers(response, ["Cookie"])
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


def in_language(chunks, language):
    """The chunks of a streamed answer, which are made after the middleware has returned."""
    with translation.override(language):
        yield from chunks
