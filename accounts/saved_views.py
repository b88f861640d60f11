"""Which saved views somebody sees, and what keeps and deletes them."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import BooleanField, Case, Q, When
from django.utils.translation import gettext as _

MOST_VIEWS = 50  # of one user for one list


class SavedViewQuerySet(models.QuerySet):
    def of_list(self, page):
        return self.filter(page=page)

    def visible_to(self, user, *, on):
        """One's own, and those that others share with an organization one answers for."""
        return self.filter(Q(user=user) | Q(shared_with__in=user.scope(on=on).values("pk")))

    def with_mine(self, user):
        """Annotate mine: whether a view is the user's own."""
        own = Case(When(user=user.pk, then=True), default=False, output_field=BooleanField())
        return self.annotate(mine=own)


@transaction.atomic
def keep_view(view, *, by, page, name, query, columns, shared_with=None, is_default=False, on):
    """Keep a list under a name (`view` None: a new one); of the views of a list one opens with it.

    shared_with  an organization that `by` answers for, whose people see the view; None: nobody
    """
    views = apps.get_model("accounts", "SavedView").objects.of_list(page).filter(user=by)
    if shared_with and not by.scope(on=on).filter(pk=shared_with.pk).exists():
        raise ValidationError({"shared_with": _("You do not work for this organization.")})
    others = views.exclude(pk=view.pk) if view else views
    if others.filter(name=name).exists():
        raise ValidationError({"name": _("You have a view of this name already.")})
    if view is None and views.count() >= MOST_VIEWS:
        raise ValidationError({"name": _("These are too many views: delete one first.")})
    if is_default:
        others.filter(is_default=True).update(is_default=False)
    view = view or views.model(user=by, page=page)
    view.name, view.query, view.columns = name, query, columns
    view.shared_with, view.is_default = shared_with, is_default
    view.full_clean()
    view.save()
    return view


def keep_columns(*, by, page, columns):
    """Keep the columns that a user wants on a list where no view says otherwise."""
    views = apps.get_model("accounts", "SavedView").objects
    views.update_or_create(user=by, page=page, name="", defaults={"columns": columns})
