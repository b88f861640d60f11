"""Rating sets of organizations that are loaded from files."""

import json
from pathlib import Path

from ..models import OrganizationScheme
from ..rules import read_organization_scheme

SCHEMES_DIR = Path(__file__).parents[1] / "organization_schemes"


def load_organization_schemes(model=OrganizationScheme):
    """Store each file of `evaluations/organization_schemes/` whose key and version are not stored
    yet. Returns how many were added. Raises SchemeError for one that nothing can be rated with."""
    added = 0
    for path in sorted(SCHEMES_DIR.glob("*.json")):
        definition = json.loads(path.read_text(encoding="utf-8"))
        read_organization_scheme(definition)
        first_year, last_year = definition["years"]
        _scheme, created = model.objects.get_or_create(
            key=definition["key"],
            version=definition["version"],
            defaults={
                "name": definition["name_vi"],
                "first_year": first_year,
                "last_year": last_year,
                "definition": definition,
            },
        )
        added += created
    return added
