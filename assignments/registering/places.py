"""Where a cadre may register tasks: the targets of their assignments, and the branches below."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import F

from branches.models import Organization
from branches.periods import period

from ..models import Assignment, Task

MOST_BELOW = 100  # more branches than one looks through: then the target alone is offered


@dataclass
class Places:
    """found: {key of a choice: (assignment, organization)}, choices: as a select takes them."""

    found: dict = field(default_factory=dict)
    choices: list = field(default_factory=list)

    def key_of(self, target, organization):
        """The choice for work at the organization under an assignment to the target (ids)."""
        return next(
            (
                key
                for key, (assignment, place) in self.found.items()
                if (assignment.target_id, place.pk) == (target, organization)
            ),
            "",
        )

    def keep(self, task):
        """Offer where a task stands already, also when one could not choose it anew."""
        key = f"{task.assignment_id}-{task.organization_id}"
        if key not in self.found:
            self.found[key] = (task.assignment, task.organization)
            self.choices.insert(0, (key, str(task.organization)))


def places_of(user, *, year, on):
    """Places of what is left of the year, from the day on; none of a year that is over. Two
    queries."""
    if year < on.year:
        return Places()
    rest = period(max(on, date(year, 1, 1)), date(year, 12, 31))
    assignments = list(
        Assignment.objects.filter(member=user.member_id)
        .valid_in(rest)
        .select_related("target", "directive")
        .order_by("target__code", "code")
    )
    below = _below({each.target_id for each in assignments}, on=on)
    places = Places()
    for assignment in assignments:
        _add(places, assignment, below[assignment.target_id])
    return places


def _add(places, assignment, organizations):
    here = [assignment.target, *([] if len(organizations) > MOST_BELOW else organizations)]
    choices = []
    for organization in here:
        key = f"{assignment.pk}-{organization.pk}"
        places.found[key] = (assignment, organization)
        choices.append((key, str(organization)))
    if len(choices) == 1:
        places.choices += choices
    else:
        places.choices.append((str(assignment.target), choices))


def _below(targets, *, on):
    """{id of a target: the organizations below it}"""
    found = {target: [] for target in targets}
    rows = Organization.objects.below(*targets, on=on).valid_on(on)
    rows = rows.filter(paths__validity__contains=on).order_by("code")
    for row in rows.annotate(above=F("paths__ancestors")):
        for target in targets.intersection(row.above) - {row.pk}:
            found[target].append(row)
    return found


def rows_of_last_year(user, places, *, year):
    """What the user's member registered for the year before, as rows to begin with: those places
    that they still have."""
    tasks = Task.objects.registered_by(user).counted().filter(year=year - 1)
    rows = []
    for task in tasks.select_related("assignment").order_by("code"):
        rows.append(
            {
                "place": places.key_of(task.assignment.target_id, task.organization_id),
                "title": task.title,
                "category": task.category,
                "quantity": task.quantity,
                "measure": task.unit,
                "weight": task.weight,
                "due_on": _a_year_later(task.due_on),
            }
        )
    return rows


def _a_year_later(day):
    if day is None:
        return None
    return date(day.year + 1, day.month, min(day.day, 28) if day.month == 2 else day.day)
