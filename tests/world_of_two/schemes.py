"""A draft of a rating set that each district's ward makes."""

from evaluations.models import Scheme


def add_scheme(half, name, pk, *, year, at):
    base = Scheme.objects.for_year(year)
    half.scheme = Scheme.objects.create(
        key=f"{base.key}-{half.ward.code.lower()}",
        name=f"Bộ tiêu chí {name}",
        first_year=year,
        definition=base.definition | {"name_vi": f"Bộ tiêu chí {name}"},
        state="draft",
        organization=half.ward,
        based_on=base,
        made_by=half.user,
        made_at=at,
        **pk,
    )
