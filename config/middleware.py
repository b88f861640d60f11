"""The language of a page, and that it stays with its reader."""

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers

MULTIPART_BYTES = 1024**2  # of a request with a file, beside the file


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


def privacy_middleware(get_response):
    """No cache keeps a page, no other site loads it; what nobody sends in earnest is refused.

    Static files do not come this way: they are served before.
    """
    most = settings.IMPORT_MAX_UPLOAD_BYTES + MULTIPART_BYTES

    def middleware(request):
        # Django would write files of any size to the disk before a view could look at them.
        if _content_length(request) > most:
            raise RequestDataTooBig
        # PostgreSQL has no text with this character; forms refuse it, addresses are refused here.
        if "%00" in (query := request.META.get("QUERY_STRING", "")) or "\x00" in query:
            raise BadRequest("NUL in the address")
        response = get_response(request)
        patch_cache_control(response, no_store=True, private=True)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def _content_length(request):
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
