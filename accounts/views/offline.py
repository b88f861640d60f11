"""What makes the site an application on a phone: manifest, service worker, and what its queue asks
before it sends."""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..offline import user_key

SCRIPTS = ("js/queue.js", "js/worker.js")
ICONS = (
    ("img/icon-192.png", "192x192", "any"),
    ("img/icon-512.png", "512x512", "any"),
    ("img/icon-maskable-512.png", "512x512", "maskable"),
)
RED, PAPER = "#9b1c1f", "#f7f5f2"  # --accent and --paper of site.css


@require_safe
def manifest(request):
    application = {
        "id": "/",
        "name": _("Chi Bộ: work of the branches"),
        "short_name": "Chi Bộ",
        "lang": request.LANGUAGE_CODE,
        "start_url": reverse("assignments:my_work"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": RED,
        "icons": [
            {"src": static(name), "sizes": size, "type": "image/png", "purpose": purpose}
            for name, size, purpose in ICONS
        ],
    }
    return JsonResponse(application, content_type="application/manifest+json")


@require_safe
def service_worker(request):
    """At the root, so that it serves the whole site. It changes whenever a script of its own or
    the look of the site does: by that a browser finds a new one."""
    hashed = isinstance(staticfiles_storage, ManifestFilesMixin)
    shell = {
        "static": settings.STATIC_URL,
        "hashed": hashed,
        "offline": reverse("offline"),
        "version": _version(hashed),
    }
    scripts = ", ".join(json.dumps(static(name)) for name in SCRIPTS)
    text = f"self.shell = {json.dumps(shell)};\nimportScripts({scripts});\n"
    return HttpResponse(
        text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@require_safe
def offline(request):
    """What is shown instead of a page that opens with a network only."""
    return render(request, "offline.html")


@require_safe
def sending(request):
    """Who is signed in, and the token of forms: asked before a queue is sent. 401 for nobody."""
    return JsonResponse({"user": user_key(request.user), "token": get_token(request)})


def _version(hashed):
    names = (*SCRIPTS, "css/site.css")
    parts = [static(name) for name in names]
    if not hashed:
        parts += [Path(finders.find(name)).read_text(encoding="utf-8") for name in names]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]
