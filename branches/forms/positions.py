"""Forms of posts at organizations."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from ..choices import Rank
from ..periods import first_day, last_day
from .days import DayField
from .picking import MemberField, OrganizationField
from .service import RowForm


class PostForm(RowForm):
    """What a post is: the fields that adding and changing share."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("Exactly as the decision has it.")
    )
    rank = forms.ChoiceField(label=_("Rank"), choices=[("", "–"), *Rank.choices])
    field = forms.CharField(
        label=_("Fields of responsibility"),
        max_length=300,
        required=False,
        help_text=_("Several: divided by semicolons."),
    )
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"), required=False, help_text=_("Left empty: open."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()


class PositionAddForm(PostForm):
    member = MemberField()
    organization = OrganizationField()

    def __init__(self, *args, members, sight, organizations, **kwargs):
        """members: those whom the user sees; sight: what of them; organizations: those that they
        may enter posts of."""
        super().__init__(*args, **kwargs)
        self.fields["member"].rows, self.fields["member"].sight = members, sight
        self.fields["organization"].rows = organizations
        self.helper.layout = Layout(
            Row(Column("member"), Column("organization")),
            Row(Column("title"), Column("rank")),
            "field",
            Row(Column("since"), Column("until")),
            Submit("save", _("Save")),
        )


class PositionChangeForm(PostForm):
    changed_on = DayField(
        label=_("Title, rank and fields are so since"),
        required=False,
        help_text=_(
            "Given: what they were until then is kept. Left empty: what was entered is corrected."
        ),
    )

    def __init__(self, *args, row, **kwargs):
        initial = {name: getattr(row, name) for name in ("title", "rank", "field")}
        initial |= {"since": first_day(row.validity), "until": last_day(row.validity)}
        super().__init__(*args, row=row, initial=initial, **kwargs)
        self.helper.layout = Layout(
            "seen",
            Row(Column("title"), Column("rank")),
            "field",
            "changed_on",
            Row(Column("since"), Column("until")),
            Submit("save", _("Save")),
        )


class PositionEndForm(RowForm):
    until = DayField(label=_("Last day"))
    end_reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("A vacancy of the committee shows it: write why, and by which decision."),
    )

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("seen", "until", "end_reason", Submit("end", _("End")))
