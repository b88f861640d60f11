"""Reading the definition of a rating set, of members or of organizations, with all its problems."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation


class SchemeError(ValueError):
    """A definition that no rating can be made with; `problems` are all of them, in English."""

    def __init__(self, problems: list[str]):
        super().__init__("; ".join(problems))
        self.problems = problems


class DefinitionReader:
    """What every rating set has: groups of criteria with points, numbers, choices, yes and no.

    A value that is wrong is noted in `problems` and read as some other, so that all are found.
    """

    criteria: tuple[str, ...] = ()

    def __init__(self, definition):
        self.definition = definition if isinstance(definition, Mapping) else {}
        self.problems = []
        self.seen = set()

    def refuse_problems(self):
        if self.problems:
            raise SchemeError(self.problems)

    def groups(self):
        """(G of each group, M of each used criterion, the group of each used criterion)."""
        groups, points, group_of = {}, {}, {}
        for group in self.list(self.definition, "groups"):
            key = str(group.get("key", "")) if isinstance(group, Mapping) else ""
            if not key or key in groups:
                self.problems.append(f"groups: a key is missing or there twice: {key!r}")
                continue
            groups[key] = self.number(group, "points", f"{key}.")
            if groups[key] <= 0:
                self.problems.append(f"{key}.points: a group has more than 0 points")
            for criterion in self.list(group, "criteria", f"{key}."):
                name = criterion.get("key") if isinstance(criterion, Mapping) else None
                if name not in self.criteria or name in self.seen:
                    self.problems.append(f"{key}: unknown criterion, or there twice: {name!r}")
                    continue
                self.seen.add(name)
                self.check_criterion(name, criterion)
                most = self.number(criterion, "points", f"{name}.")
                if most > 0:
                    points[name], group_of[name] = most, key
            if key not in group_of.values():
                self.problems.append(f"{key}: a group needs a criterion with points")
        if sum(groups.values()) != 100:
            self.problems.append("groups: their points must add to 100")
        return groups, points, group_of

    def check_criterion(self, name, criterion):
        """What else a criterion says."""

    def part(self, key):
        part = self.definition.get(key)
        return part if isinstance(part, Mapping) else {}

    def flags_given(self, key, known):
        """A part that may be left out, with no other keys than the known ones."""
        given = self.definition.get(key, {})
        if not isinstance(given, Mapping):
            self.problems.append(f"{key}: an object is needed")
            return {}
        if unknown := sorted(set(map(str, given)) - known):
            self.problems.append(f"{key}: unknown: {unknown}")
        return given

    def list(self, mapping, key, where=""):
        value = mapping.get(key)
        if not isinstance(value, list):
            self.problems.append(f"{where}{key}: a list is needed")
            return []
        return value

    def one_of(self, choices, mapping, key, where=""):
        value = mapping.get(key)
        if isinstance(value, bool) or value not in choices:
            self.problems.append(f"{where}{key}: must be one of {choices}")
        return value

    def flag(self, mapping, key, where="", default=None):
        value = mapping.get(key, default)
        if not isinstance(value, bool):
            self.problems.append(f"{where}{key}: must be true or false")
        return value

    def numbers(self, key, names, most=1000):
        return {name: self.number(self.part(key), name, f"{key}.", most) for name in names}

    def number(self, mapping, key, where="", most=1000):
        """A decimal from 0 to `most` with at most 4 places: sums and products stay exact."""
        try:
            number = Decimal(str(mapping[key]))
            if 0 <= number <= most and number == round(number, 4):
                return number
        except (KeyError, InvalidOperation):
            pass
        self.problems.append(
            f"{where}{key}: a number from 0 to {most} with at most 4 places is needed"
        )
        return Decimal(0)
