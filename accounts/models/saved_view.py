from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.models import Organization

from ..saved_views import SavedViewQuerySet
from .user import User


class SavedView(models.Model):
    """A list as somebody keeps it: filters, sorting and columns under a name.

    The one without a name holds the columns that its user wants on the list where no view says
    otherwise.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="saved_views", verbose_name=_("user")
    )
    page = models.CharField(_("list"), max_length=100)
    name = models.CharField(_("name"), max_length=100, blank=True)
    query = models.CharField(_("filters and sorting"), max_length=2000, blank=True)
    columns = ArrayField(models.CharField(max_length=50), verbose_name=_("columns"), default=list)
    shared_with = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shared with"),
    )
    is_default = models.BooleanField(_("opens with the list"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"],
                name="saved_view_name_once",
                violation_error_message=_("You have a view of this name already."),
            ),
            models.UniqueConstraint(
                fields=["user", "page"],
                condition=Q(is_default=True),
                name="saved_view_one_default",
                violation_error_message=_("One view opens with a list."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") | Q(query="", shared_with=None, is_default=False),
                name="saved_view_without_name_is_columns",
            ),
        ]

    def __str__(self):
        return self.name
