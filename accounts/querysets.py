"""Which entries of the audit trail and of the log of reads."""

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from branches.models import Member, Organization

from .audited import model_of, owner_of
from .choices import Operation
from .multirange import HoldsId
from .rules import ROLES_FOR


class Auditing:
    """A user as `visible_to()` takes one, with nothing but the roles that see the journal: what
    they see by other roles, and their own record, is no reason to show its journal."""

    member_id = None

    def __init__(self, user):
        self.pk, self.grants, self._user = user.pk, user.grants, user
        self._ids = {}  # {(roles, day): ids of organizations}

    def scope(self, *roles, on):
        journal = ROLES_FOR["see_journal"]
        return self._scope(journal & set(roles) if roles else journal, on)

    def scope_for(self, action, *, on):
        return self._scope(ROLES_FOR[action] & ROLES_FOR["see_journal"], on)

    def _scope(self, roles, on):
        """Asked for once: a list of ids is looked up for each of many entries much quicker than
        the tree is."""
        if (roles, on) not in self._ids:
            scope = self._user.scope(*roles, on=on) if roles else Organization.objects.none()
            self._ids[roles, on] = list(scope.values_list("pk", flat=True))
        return Organization.objects.filter(pk__in=self._ids[roles, on])

    def own_branches(self, *, on):
        return Organization.objects.none()

    def sees_everything(self, *, on):
        """Whether the user sees the journal of every organization there is, members and all."""
        scope = self.scope_for("see_members", on=on)
        return not Organization.objects.exclude(pk__in=scope.values("pk")).exists()


class JournalEntryQuerySet(models.QuerySet):
    def about(self, model, pk):
        """Entries about one row of a model's table."""
        return self.filter(table_name=model._meta.db_table, ids__holds=pk)

    def about_rows(self, ids):
        """Entries about any of the rows with these ids: {table: ids}."""
        some = Q(pk__in=[])
        for table_name, each in ids.items():
            if each:
                ranges = [range(pk, pk + 1) for pk in sorted(each)]
                some |= Q(table_name=table_name, ids__overlap=ranges)
        return self.filter(some)

    def about_code(self, models, code):
        """Entries about rows of the models that bear or bore the code."""
        ids = {}
        for model in models:
            rows = model._base_manager.filter(code=code).values_list("pk", flat=True)
            ids[model._meta.db_table] = set(rows)
        changes = self.model._meta.get_field("changes").related_model.objects
        for table_name, row_id in changes.of_code(code).values_list("entry__table_name", "row_id"):
            if table_name in ids:
                ids[table_name].add(row_id)
        return self.about_rows(ids)

    def visible_to(self, user, *, on):
        """Entries with at least one row whose journal the user sees through a role that sees the
        journal; a row that is gone, by what it belonged to. Who answers for every organization
        sees all.

        Ask it last: only the tables that the entries are about are looked through, which takes a
        query, and keeps the one for the entries small."""
        auditing = Auditing(user)
        if auditing.sees_everything(on=on):
            return self
        seen = Q(pk__in=[])
        for table_name in self.order_by().values_list("table_name", flat=True).distinct():
            if model := model_of(table_name):
                some = Exists(_of_entry(visible_rows(model, auditing, on=on)))
                # In this order: what is cheap and mostly false is asked first.
                gone = Q(operation=Operation.DELETE) & Q(self._gone(model, auditing, on=on))
                seen |= Q(table_name=table_name) & (Q(some) | gone)
        return self.filter(seen)

    def _gone(self, model, auditing, *, on):
        changes = self.model._meta.get_field("changes").related_model.objects
        deleted = changes.filter(entry=OuterRef("pk"), after__isnull=True)
        return Exists(deleted.visible(model, auditing, on=on))

    def with_people(self):
        return self.select_related("user__member")


class JournalChangeQuerySet(models.QuerySet):
    def visible(self, model, auditing, *, on):
        """Changes of the model's rows that are seen, deleted ones by what they belonged to."""
        seen = Q(row_id__in=visible_rows(model, auditing, on=on).values("pk"))
        owner = owner_of(model)
        if owner is None:
            return self.filter(seen)
        owners = visible_rows(owner.related_model, auditing, on=on)
        former = Cast(KT(f"before__{owner.attname}"), models.BigIntegerField())
        return self.alias(former_owner=former).filter(
            seen | Q(after__isnull=True, former_owner__in=owners.values("pk"))
        )

    def of_member(self, member):
        """Changes of rows that were the member's: deleted, or taken over by another."""
        # As the index `journal_member` has it.
        former = Cast(KT("before__member_id"), models.BigIntegerField())
        return self.filter(before__has_key="member_id").alias(former=former).filter(former=member)

    def of_code(self, code):
        """Changes of rows that bore the code and were given another, or deleted."""
        # As the index `journal_code` has it.
        return self.filter(before__has_key="code").alias(was=KT("before__code")).filter(was=code)


class AccessLogQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Reads of organizations and members whose journal the user sees, and what users did
        whose accounts they see."""
        auditing = Auditing(user)
        if auditing.sees_everything(on=on):
            return self
        users = self.model._meta.get_field("by").related_model.objects
        members = Member.objects.visible_to(auditing, on=on)
        return self.filter(
            Q(organization__in=auditing.scope_for("see_members", on=on).values("pk"))
            | Q(member__in=members.values("pk"))
            | Q(
                organization=None,
                member=None,
                by__in=users.visible_to(auditing, on=on).values("pk"),
            )
        )

    def with_people(self):
        return self.select_related("by__member", "member", "organization")


def visible_rows(model, auditing, *, on):
    """The rows of an audited model whose journal is seen: those its own `visible_to()` gives, else
    those that belong to such a row. What belongs to nobody, as rating sets do, everybody sees who
    sees the journal."""
    if hasattr(model.objects, "visible_to"):
        return model.objects.visible_to(auditing, on=on)
    owner = owner_of(model)
    if owner is None:
        return model.objects.all()
    owners = visible_rows(owner.related_model, auditing, on=on)
    return model.objects.filter(**{f"{owner.name}__in": owners.values("pk")})


def _of_entry(rows):
    """Those of the rows that the entry outside is about; the bounds let the primary key serve."""

    def bound(function):
        return Func(OuterRef("ids"), function=function, output_field=models.BigIntegerField())

    return rows.filter(
        HoldsId(OuterRef("ids"), F("pk")), pk__gte=bound("lower"), pk__lt=bound("upper")
    )
