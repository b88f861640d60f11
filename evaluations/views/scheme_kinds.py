"""The two kinds of rating sets, of members and of organizations: the same pages show both."""

from dataclasses import dataclass
from types import ModuleType

from .. import organization_scheme_words, scheme_words
from ..forms.organization_schemes import OrganizationSchemeForm
from ..forms.schemes import SchemeForm
from ..models import OrganizationScheme, Scheme
from ..rules import organization_scheme_values, scheme_values
from ..tables.schemes import OrganizationSchemeTable, SchemeTable


@dataclass(frozen=True)
class SchemeKind:
    """`name` begins the names of its routes; `words` and `values` are modules alike for both.

    cycles  the lookup of a Cycle that finds those rated by a set
    """

    name: str
    model: type
    form: type
    table: type
    words: ModuleType
    values: ModuleType
    cycles: str
    has_trials: bool = False

    @property
    def list(self):
        return f"evaluations:{self.name}s"

    @property
    def detail(self):
        return f"evaluations:{self.name}"

    @property
    def copy(self):
        return f"evaluations:{self.name}_copy"

    @property
    def change(self):
        return f"evaluations:{self.name}_change"

    @property
    def diff(self):
        return f"evaluations:{self.name}_diff"

    @property
    def adopt(self):
        return f"evaluations:{self.name}_adopt"

    @property
    def discard(self):
        return f"evaluations:{self.name}_discard"


MEMBERS = SchemeKind(
    name="scheme",
    model=Scheme,
    form=SchemeForm,
    table=SchemeTable,
    words=scheme_words,
    values=scheme_values,
    cycles="scheme",
    has_trials=True,
)
ORGANIZATIONS = SchemeKind(
    name="organization_scheme",
    model=OrganizationScheme,
    form=OrganizationSchemeForm,
    table=OrganizationSchemeTable,
    words=organization_scheme_words,
    values=organization_scheme_values,
    cycles="organization_round__scheme",
)
