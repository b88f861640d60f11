"""The grid as one thing: read from what was posted or pasted, checked, and saved."""

from uuid import uuid4, uuid5

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..assigning.pasting import COLUMNS, read_pasted
from ..models import Assigning, Directive, Team
from ..services import assigning
from .assigning import CommonForm, LineForm
from .naming import MemberNames, TargetNames

MOST_ROWS = 300
BLANK_ROWS = 5
FIELDS = (*COLUMNS, "member_choice", "target_choice", "ends_earlier")


class AssignGrid:
    """acting  who asks, for which organization, and the day
    data       what was posted, or None for a new grid
    targets    the organizations to begin with
    chosen     pairs (member, organization) to begin with
    """

    def __init__(self, acting, data=None, *, targets=(), chosen=()):
        self.acting = acting
        self.is_posted = data is not None
        self.rows = _posted_rows(data) if self.is_posted else []
        self.rows += [{"target": f"{each.name} ({each.code})"} for each in targets]
        if chosen:
            names = MemberNames(by=acting.user, on=acting.today)
            names.sight.look([member.pk for member, _target in chosen])
            self.rows += [
                {"member": names.write(member), "target": f"{target.name} ({target.code})"}
                for member, target in chosen
            ]
        self.data = data.copy() if self.is_posted else None
        self.unread, self.is_checked = [], False
        self._make_forms()

    def _make_forms(self):
        last = max((place for place, row in enumerate(self.rows) if any(row.values())), default=-1)
        blank = BLANK_ROWS if last < 0 else 1
        self.rows = self.rows[: last + 1] + [{} for _number in range(blank)]
        acting = self.acting
        issuers = acting.path_today
        self.common = CommonForm(
            self.data,
            directives=directives_for(acting.user, issuers, on=acting.today),
            teams=teams_for(acting.user, issuers, on=acting.today),
            on=max(acting.on, acting.today),
        )
        lines = QueryDict(mutable=True)
        for number, row in enumerate(self.rows):
            lines.update({f"row-{number}-{name}": text for name, text in row.items() if text})
        self.lines = [LineForm(lines, number=number + 1) for number in range(len(self.rows))]

    @property
    def filled(self):
        return [line for line in self.lines if not line.is_blank]

    @property
    def wrong(self):
        return [line for line in self.filled if line.errors]

    @property
    def warned(self):
        return [line for line in self.filled if line.findings and not line.errors]

    @property
    def is_ready(self):
        return self.is_checked and bool(self.filled) and not self.wrong and not self.common.errors

    def take_focus(self):
        """After a check one goes on in the first wrong row, else in the first empty one; with
        nothing left to do the page begins at its button."""
        blank = [line for line in self.lines if line.is_blank]
        lines = self.wrong or blank
        if self.is_checked and lines and not self.is_ready:
            lines[0].take_focus()

    def paste(self):
        """Fill rows with what was pasted, from the cell it was pasted into; else behind the rows
        that say something."""
        text = self.data.get("pasted", "")
        if not self.common.is_valid() and "pasted" in self.common.errors:
            return
        column = _number(self.data.get("paste_column"), most=len(COLUMNS) - 1) or 0
        pasted = read_pasted(text, column=column)
        filled = [place for place, row in enumerate(self.rows) if any(row.values())]
        place = _number(self.data.get("paste_row"), most=MOST_ROWS)
        place = max(filled, default=-1) + 1 if place is None else place
        if not pasted.rows or place + len(pasted.rows) > MOST_ROWS:
            self.common.add_error("pasted", _say_not_read(pasted))
            return
        self.rows += [{} for _each in range(place + len(pasted.rows) - len(self.rows))]
        for row, new in zip(self.rows[place:], pasted.rows, strict=False):
            row.update({"member_choice": "", "target_choice": "", "ends_earlier": ""} | new)
        for name in ("pasted", "paste_row", "paste_column"):
            self.data[name] = ""
        self.unread = pasted.unread
        self._make_forms()

    def add_rows(self):
        """More empty rows, for who has no script to add them."""
        self._make_forms()
        self.rows += [{} for _number in range(min(2 * BLANK_ROWS, MOST_ROWS - len(self.rows)))]
        data = self.lines[0].data
        more = range(len(self.lines) + 1, len(self.rows) + 1)
        self.lines += [LineForm(data, number=number) for number in more]

    def check(self):
        """Look at every row; returns whether all can be saved."""
        self.is_checked = True
        self.common.is_valid()
        self._apply_choices()
        lines = self.filled
        for line in lines:
            line.full_clean()
        members, targets = self._find(lines)
        for line in lines:
            line.read(self.common, members, targets)
        new = [line for line in lines if line.new]
        found = assigning.check_rows(
            [line.new for line in new],
            by=self.acting.user,
            on=self.acting.today,
            numbers=[line.number for line in new],
        )
        self._show(found)
        return self.is_ready

    def _find(self, lines):
        user, on = self.acting.user, self.acting.today
        members = MemberNames(by=user, on=on)
        targets = TargetNames(by=user, on=on, organization=self.acting.organization)
        for names, field in ((members, "member"), (targets, "target")):
            names.find([" ".join(line.cleaned_data.get(field, "").split()) for line in lines])
        return members, targets

    def _apply_choices(self):
        """What was chosen among candidates stands in the cell from now on."""
        for line in self.lines:
            for name in ("member", "target"):
                chosen = line.add_prefix(f"{name}_choice")
                if line.data.get(chosen):
                    line.data[line.add_prefix(name)] = line.data[chosen]
                    del line.data[chosen]

    def _show(self, found):
        new = [line for line in self.filled if line.new]
        for line, findings in zip(new, found, strict=True):
            line.show(findings)

    def save(self):
        """Save all rows, or none: returns the Assigning, or None when something is wrong."""
        token = self._token()
        if saved := self._saved_under(token):
            return saved
        if not self.check():
            return self._saved_under(token)
        acting = self.acting
        try:
            return assigning.assign(
                [line.new for line in self.filled],
                by=acting.user,
                on=acting.today,
                token=token,
                organization=acting.organization,
            )
        except assigning.AssigningRefused as refused:  # somebody was quicker
            self._show(refused.findings)
        except ValidationError as error:
            self.common.show(error)
        return None

    def _token(self):
        """The mark of this page with these rows: sent twice it is the same, changed it is not."""
        said = [(name, self.data.get(name, "")) for name in self.common.fields]
        try:
            page = self.common.fields["token"].clean(self.data.get("token")) or uuid4()
        except ValidationError:
            page = uuid4()
        return uuid5(page, repr([said, self.rows]))

    def _saved_under(self, token):
        return Assigning.objects.filter(token=token, by=self.acting.user).first()


def _posted_rows(data):
    count = _number(data.get("rows"), most=MOST_ROWS) or 0
    return [
        {name: data.get(f"row-{number}-{name}", "").strip() for name in FIELDS}
        for number in range(count)
    ]


def _number(text, *, most):
    """A number from 0 to `most`; None for anything else."""
    text = text or ""
    if not (text.isdecimal() and len(text) < 5):
        return None
    return int(text) if int(text) <= most else None


def _say_not_read(pasted):
    if not pasted.rows:
        return _("There is no row in it: copy the rows of the list, with their columns.")
    return ngettext(
        "At most %(most)s rows are assigned at once; the list has %(number)s.",
        "At most %(most)s rows are assigned at once; the list has %(number)s.",
        len(pasted.rows),
    ) % {"most": MOST_ROWS, "number": len(pasted.rows)}


def directives_for(user, issuers, *, on):
    """Those of the issuers (ids) under which the user assigns."""
    scope = user.scope_for("assign_work", on=on)
    return Directive.objects.filter(issuer__in=issuers).filter(issuer__in=scope.values("pk"))


def teams_for(user, issuers, *, on):
    directives = directives_for(user, issuers, on=on)
    teams = Team.objects.filter(directive__in=directives.values("pk"))
    return teams.select_related("directive", "leader").order_by("directive", "code")
