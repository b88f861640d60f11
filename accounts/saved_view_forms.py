"""Forms of the views of lists."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.forms.service import ServiceForm


class SavedViewForm(ServiceForm):
    name = forms.CharField(label=_("Name of the view"), max_length=100)
    opens_first = forms.BooleanField(label=_("The list opens with it"), required=False)
    is_shared = forms.BooleanField(required=False)

    def __init__(self, *args, organization, **kwargs):
        """organization: the one whose people may be shown the view."""
        super().__init__(*args, **kwargs)
        self.fields["is_shared"].label = _("Everybody who works for %(organization)s sees it") % {
            "organization": organization
        }
        self.helper = FormHelper()
        self.helper.layout = Layout("name", "opens_first", "is_shared", Submit("save", _("Save")))


class ColumnsForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, offered, **kwargs):
        """offered: {name: label} of those that one may leave out."""
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = list(offered.items())
        self.helper = FormHelper()
        self.helper.layout = Layout("columns", Submit("save", _("Save")))
