from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .member import Member


class DistinctMembers(models.Model):
    """Two members who look like one, and of whom somebody found out that they are two."""

    one = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    said_on = models.DateField(_("said on"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="distinct_members_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="distinct_members_order"),
        ]

    def __str__(self):
        return f"{self.one} ≠ {self.other}"
