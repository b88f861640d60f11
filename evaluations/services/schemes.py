"""Rating sets that are loaded from files."""

import json
from pathlib import Path

from ..models import Scheme
from ..rules import read_scheme

SCHEMES_DIR = Path(__file__).parents[1] / "schemes"


def load_schemes(model=Scheme):
    """Store each file of `evaluations/schemes/` whose key and version are not stored yet.

    Returns how many were added. A stored version is never changed: a roll-up may have used it.
    Raises SchemeError for a file that no rating can be made with.
    """
    added = 0
    for path in sorted(SCHEMES_DIR.glob("*.json")):
        definition = json.loads(path.read_text(encoding="utf-8"))
        read_scheme(definition)
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
