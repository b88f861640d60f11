"""Headings that the workbook does not know, and that somebody said the meaning of once."""

from branches.models import Organization

from .headings import heading_key
from .models import HeadingAlias
from .tables import BY_NAME


def aliases_for(organization, *, on):
    """What unknown headings mean in an import for the organization, None for the whole
    installation: {(table, heading as heading_key() has it): column}, ("", …) for names of sheets;
    what is left out means "".

    What was said for an organization holds below it as well; of several the nearest counts.
    """
    return {
        (alias.table, alias.folded): alias.means
        for alias in _with_depth(organization, on=on)
        if _is_known(alias)
    }


def _with_depth(organization, *, on):
    """From the whole installation down to the organization."""
    above = Organization.objects.above(organization, on=on) if organization else []
    depth = {each.pk: number for number, each in enumerate(above, start=1)}
    applying = HeadingAlias.objects.applying_to(list(depth))
    return sorted(applying, key=lambda alias: depth.get(alias.organization_id, 0))


def _is_known(alias):
    """Tables and columns may have gone since."""
    known = (
        BY_NAME
        if not alias.table
        else BY_NAME[alias.table].by_name
        if (alias.table in BY_NAME)
        else ()
    )
    return alias.means == "" or alias.means in known


def remember_headings(meanings, *, organization, by, at):
    """Remember what headings mean: {(table, heading as written): column}, as aliases_for() has
    them; what was said for the same organization before is replaced."""
    for (table, heading), means in meanings.items():
        HeadingAlias.objects.update_or_create(
            organization=organization,
            table=table,
            folded=heading_key(heading),
            defaults={"heading": heading[:255], "means": means, "by": by, "at": at},
        )
