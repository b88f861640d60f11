import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file that somebody gave to the application: an attachment, a template, an import.

    It stands in the database, so that it is saved or not together with what it belongs to, is in
    the same backup, and is there for workers on other hosts. Never changed: a new one replaces it.
    Who may read it is decided by what it belongs to.
    """

    name = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("media type"), max_length=127)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(_("digest"), max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    stored_at = models.DateTimeField(_("stored at"))

    class Meta:
        ordering = ["-stored_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="stored_file_has_a_name"),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def store(cls, name, content, *, media_type, by, at):
        """Store `content` (bytes) under the last part of `name`; returns the row."""
        return cls.objects.create(
            name=name.replace("\\", "/").rpartition("/")[2][-255:] or "file",
            media_type=media_type,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            stored_by=by,
            stored_at=at,
        )
