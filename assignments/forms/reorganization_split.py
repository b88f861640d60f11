"""The form of a split: the parts, and a pasted list of who goes where."""

import re

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.choices import OrganizationKind
from branches.fields import CODE_PATTERN
from branches.models import Member, Organization
from branches.picking import find_rows, say_unclear

from ..reorganizing import plans
from .reorganization_base import Lines, Ticked, WorkForm, named_in, parent_of

DIVIDES = re.compile(r"\s*(?:\t|→|=>|->|;)\s*")


def _area(rows):
    return forms.Textarea({"rows": rows, "spellcheck": "false", "class": "form-control"})


class SplitForm(WorkForm):
    chosen = Ticked()
    sources = Lines()
    parts = forms.CharField(
        label=gettext_lazy("Into, one a line"),
        widget=_area(3),
        max_length=20_000,
        help_text=gettext_lazy("A new one as “code; name”, one that exists by its code."),
    )
    members = forms.CharField(
        label=gettext_lazy("Who goes where, one a line"),
        widget=_area(8),
        max_length=400_000,
        required=False,
        help_text=gettext_lazy(
            "As two columns of a sheet, or “member → code”; of a committee, the organizations "
            "below it."
        ),
    )
    rest = forms.CharField(
        label=gettext_lazy("Code for all others"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Left empty: they stay, where the organization goes on."),
    )
    ends = forms.BooleanField(
        label=gettext_lazy("The organizations that are split end"), required=False, initial=True
    )

    def layout(self):
        return [
            *(name for name in ("chosen", "sources") if name in self.fields),
            "ends",
            "parts",
            "members",
            "rest",
            Row(Column("assignments"), Column("tasks")),
            "on",
        ]

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            self.sources = named_in(self, "sources")
            self.parts = self._read_parts()
            codes = [part.code for part in self.parts]
            if len(codes) != len(set(codes)):
                self.add_error("parts", _("A code stands there twice."))
            if cleaned["rest"] and cleaned["rest"] not in codes:
                self.add_error("rest", _("This is none of the codes above."))
            self.divided = self._read_members(codes)
        return cleaned

    def _read_parts(self):
        lines = [line.strip() for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        pairs = [DIVIDES.split(line, maxsplit=1) for line in lines]
        found = find_rows([pair[0] for pair in pairs if len(pair) == 1], self.scope)
        parent = parent_of(self.sources[0], self.cleaned_data["on"])
        parts = []
        for pair in pairs:
            if len(pair) == 1:
                row = found[pair[0]].row
                text = say_unclear(pair[0], found[pair[0]])
                part = row or self.add_error("parts", text)
            elif re.fullmatch(CODE_PATTERN, pair[0]):
                first = self.sources[0]
                part = plans.NewOrganization(pair[1], pair[0], first.kind, parent, first.grassroots)
            else:
                part = self.add_error("parts", _("“%(text)s” is no code.") % {"text": pair[0]})
            parts.append(part)
        return tuple(part for part in parts if part)

    def _read_members(self, codes):
        """{id: code} of who, or what, stands on each line."""
        lines = [line.strip() for line in self.cleaned_data["members"].splitlines() if line.strip()]
        pairs = [DIVIDES.split(line, maxsplit=1) for line in lines]
        found = find_rows([pair[0] for pair in pairs], self._dividable(), sight=self.sight)
        wrong, divided = [], {}
        for line, pair in zip(lines, pairs, strict=True):
            if len(pair) == 1 or pair[1] not in codes:
                text = _("“%(line)s” names none of the codes above.")
                wrong.append(text % {"line": line})
            elif found[pair[0]].row is None:
                wrong.append(say_unclear(pair[0], found[pair[0]], sight=self.sight))
            elif divided.setdefault(found[pair[0]].row.pk, pair[1]) != pair[1]:
                text = _("“%(name)s” goes to two places.")
                wrong.append(text % {"name": pair[0]})
        if wrong:
            self.add_error("members", wrong)
        return divided

    def _dividable(self):
        on = self.cleaned_data["on"]
        sources = Organization.objects.filter(pk__in=[row.pk for row in self.sources])
        if self._is_of_members():
            return Member.objects.in_branches(sources, on=on)
        return Organization.objects.valid_on(on).filter(
            placements__parent__in=sources, placements__validity__contains=on
        )

    def _is_of_members(self):
        return self.sources[0].kind == OrganizationKind.BRANCH

    def plan(self):
        cleaned, named = self.cleaned_data, "members" if self._is_of_members() else "children"
        return plans.Split(
            on=cleaned["on"],
            sources=self.sources,
            parts=self.parts,
            rest=cleaned["rest"],
            ends=cleaned["ends"],
            work=self.work(self.parts),
            **{named: self.divided},
        )
