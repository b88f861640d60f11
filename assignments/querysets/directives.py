"""Which directives and teams, and as far as a user may see them."""

from django.apps import apps
from django.db import models
from django.db.models import Q


class DirectiveQuerySet(models.QuerySet):
    def valid_on(self, on):
        """Those in force on the day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on), issued_on__lte=on)

    def visible_to(self, user, *, on):
        """Documents issued in the organizations answered for, or under which somebody whom the
        user sees is assigned or a team sent there."""
        teams = apps.get_model("assignments", "Team").objects.visible_to(user, on=on)
        assignments = apps.get_model("assignments", "Assignment").objects.visible_to(user, on=on)
        return self.filter(
            Q(issuer__in=_scope(user, on))
            | Q(pk__in=assignments.exclude(directive=None).values("directive"))
            | Q(pk__in=teams.values("directive"))
        )

    def of_organizations(self, organizations):
        """Those issued by one of `organizations` (a queryset), or under which somebody is assigned
        or a team sent to one of them."""
        ids = organizations.values("pk")
        issued_under = apps.get_model("assignments", "Assignment").objects.filter(target__in=ids)
        sent = apps.get_model("assignments", "Team").objects.filter(target__in=ids)
        return self.filter(
            Q(issuer__in=ids)
            | Q(pk__in=issued_under.exclude(directive=None).values("directive"))
            | Q(pk__in=sent.values("directive"))
        )


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Teams sent to or by the organizations answered for, those with somebody whom the user
        sees, and one's own."""
        assignments = apps.get_model("assignments", "Assignment").objects.visible_to(user, on=on)
        return self.filter(
            Q(target__in=_scope(user, on))
            | Q(directive__issuer__in=_scope(user, on))
            | Q(leader=user.member_id)
            | Q(pk__in=assignments.exclude(team=None).values("team"))
        )

    def sent_in(self, organizations, *, on):
        """Those sent by or to one of `organizations` (a queryset of ids), under a document issued
        by the day."""
        return self.filter(
            Q(target__in=organizations) | Q(directive__issuer__in=organizations),
            directive__issued_on__lte=on,
        )


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Those of the directives that the user sees."""
        directives = apps.get_model("assignments", "Directive").objects.visible_to(user, on=on)
        return self.filter(directive__in=directives.values("pk"))


def _scope(user, on):
    return user.scope_for("see_assignments", on=on).values("pk")
