"""The application as gunicorn serves it, and one bare page beside it to compare with."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from accounts.pages import PAGES, SIGNED_IN

PAGES["bare_page"] = SIGNED_IN
settings.ROOT_URLCONF = "benchmarks.urls"

application = get_wsgi_application()
