"""The download of one's own data."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.recording import log_access

from ..own_data import write_own_data


@require_safe
def own_data(request):
    """Everything that is stored about the reader, as one zip."""
    now, today = timezone.now(), timezone.localdate()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "own-data.zip"
        language = "vi" if get_language() == "vi" else "en"
        counts = write_own_data(request.user, on=today, output=path, language=language)
        # An open file outlives its name.
        file = path.open("rb")
    log_access(
        "own_data_downloaded",
        by=request.user,
        at=now,
        member=request.user.member,
        rows=sum(counts.values()),
    )
    name = f"chi-bo-{today.isoformat()}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
