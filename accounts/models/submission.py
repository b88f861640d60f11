from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Submission(models.Model):
    """A form that was sent and carried out, under the key that its page gave it.

    content  a digest of what was sent, so that the same key with other words is no copy
    answer   {"url": …, "messages": [[level, text], …]}: what the sender was told, for the copies
             of it that arrive when that answer was lost
    """

    key = models.UUIDField(_("key"), primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="submissions",
        verbose_name=_("user"),
    )
    page = models.CharField(_("page"), max_length=100)
    content = models.CharField(_("digest of the content"), max_length=64)
    at = models.DateTimeField(_("at"), db_index=True)
    answer = models.JSONField(_("answer"), null=True, blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self):
        return f"{self.page} {self.key}"
