"""The branch of each district's ward as an organization of the cycle, and places beyond its cap."""

from datetime import date

from evaluations.models import (
    OrganizationAppraisal,
    OrganizationDiscipline,
    OrganizationPlaces,
    OrganizationRound,
    OrganizationScheme,
)


def add_organizations(half, name, pk, *, year, at):
    """Listed, and not ready: its members are not decided on."""
    OrganizationRound.objects.create(
        cycle=half.cycle,
        scheme=OrganizationScheme.objects.for_year(year),
        suggested_at=at,
        suggested_by=half.user,
        **pk,
    )
    half.organization_appraisal = OrganizationAppraisal.objects.create(
        cycle=half.cycle,
        organization=half.branch,
        kind="branch",
        above=[half.ward.pk, half.branch.pk],
        committee=half.ward,
        cap_organization=half.ward,
        cap_kind="branch",
        **pk,
    )
    half.organization_places = OrganizationPlaces.objects.create(
        cycle=half.cycle,
        organization=half.ward,
        kind="branch",
        places=1,
        reason=f"Theo kết luận {name}",
        given_by=half.user,
        given_at=at,
        **pk,
    )
    half.organization_discipline = OrganizationDiscipline.objects.create(
        organization=half.branch,
        decided_on=date(year, 6, 1),
        form="reprimand",
        reason=f"Vi phạm của {name}",
        decision_number=f"12-QĐ/{name}",
        recorded_by=half.user,
        recorded_at=at,
        **pk,
    )
    central = OrganizationScheme.objects.for_year(year)
    half.organization_scheme = OrganizationScheme.objects.create(
        key=f"{central.key}-{half.ward.code.lower()}",
        name=f"Bộ tiêu chí tổ chức của {name}",
        first_year=year,
        definition=central.definition,
        state="draft",
        organization=half.ward,
        based_on=central,
        made_by=half.user,
        made_at=at,
        **pk,
    )
