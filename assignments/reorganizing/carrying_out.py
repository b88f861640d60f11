"""How each kind of plan is carried out. Each function returns the ids of what it made, if anything.

Nothing here asks who may do it, nor opens a transaction: services/reorganizing.py does.
"""

from django.utils.translation import gettext as _

from branches.choices import OrganizationKind, SuccessionKind
from branches.models import Member, Organization
from branches.services import organizing

from . import work
from .obstacles import Obstacles, kinds_fit
from .plans import Change, Create, Dissolve, Merge, Move, NewOrganization, Rename, Split

MEMBERS_IN = OrganizationKind.BRANCH


def _create(plan):
    obstacles = Obstacles(plan.on)
    _check_new(obstacles, plan.organization, "name")
    obstacles.refuse()
    return [_made(plan.organization, plan.on).pk]


def _rename(plan):
    obstacles = Obstacles(plan.on)
    obstacles.must_exist([plan.organization], "organization")
    obstacles.must_begin_before([plan.organization], "on")
    obstacles.no_later_names(plan.organization)
    if plan.name == plan.organization.name:
        obstacles.add("name", _("It has this name."))
    obstacles.refuse()
    organizing.set_facts(_fresh(plan.organization), on=plan.on, name=plan.name)


def _change(plan):
    organization = _fresh(plan.organization)
    obstacles = Obstacles(plan.on)
    obstacles.must_exist([organization], "organization")
    obstacles.must_begin_before([organization], "on")
    obstacles.no_later_names(organization)
    if (plan.to_kind, plan.grassroots) == (organization.kind, organization.grassroots):
        obstacles.add("to_kind", _("It is of this kind already."))
    if plan.to_kind == OrganizationKind.GRASSROOTS_COMMITTEE and not plan.grassroots:
        obstacles.add("grassroots", _("A grassroots committee is a grassroots organization."))
    _check_kind(obstacles, organization, plan)
    obstacles.refuse()
    organizing.set_facts(organization, on=plan.on, kind=plan.to_kind, grassroots=plan.grassroots)


def _check_kind(obstacles, organization, plan):
    parents = Organization.objects.filter(
        child_placements__organization=organization, child_placements__validity__contains=plan.on
    )
    for parent in parents:
        obstacles.may_stand_under(
            [organization], parent, "to_kind", kind=plan.to_kind, grassroots=plan.grassroots
        )
    for child in Organization.objects.filter(
        pk__in=organizing.children_of([organization.pk], on=plan.on)
    ):
        if not kinds_fit(child.kind, child.grassroots, plan.to_kind):
            text = _("%(name)s (%(kind)s) stands under it and could not.")
            obstacles.add("to_kind", text, name=child.name, kind=child.get_kind_display())
    if plan.to_kind != MEMBERS_IN:
        count = len(organizing.members_of([organization.pk], on=plan.on))
        if count:
            text = _("%(count)s members belong to it: only a branch has members.")
            obstacles.add("to_kind", text, count=count)


def _move(plan):
    ids = [each.pk for each in plan.organizations]
    obstacles = Obstacles(plan.on)
    obstacles.must_exist([*plan.organizations, plan.parent], "organizations")
    obstacles.must_begin_before(plan.organizations, "on")
    obstacles.no_later_places(ids)
    obstacles.may_stand_under(plan.organizations, plan.parent, "parent")
    obstacles.not_below(plan.organizations, plan.parent, "parent")
    obstacles.refuse()
    organizing.place(dict.fromkeys(ids, plan.parent.pk), on=plan.on)


def _merge(plan):
    obstacles = Obstacles(plan.on)
    _check_ending(obstacles, plan, "sources")
    is_new = isinstance(plan.into, NewOrganization)
    if not plan.ended or len(plan.sources) + (not is_new and plan.into not in plan.sources) < 2:
        obstacles.add("sources", _("Name at least two organizations, or one and another to go to."))
    _check_part(obstacles, plan.into, plan.sources[0].kind, "into")
    obstacles.refuse()
    into = _established(plan.into, plan.on)
    ended = [each.pk for each in plan.ended]
    members = dict.fromkeys(organizing.members_of(ended, on=plan.on), into.pk)
    children = dict.fromkeys(organizing.children_of(ended, on=plan.on), into.pk)
    _hand_over(plan, [into], members, children, dict.fromkeys(ended, into.pk))
    organizing.succeed([(each, into.pk) for each in ended], on=plan.on, kind=SuccessionKind.MERGE)
    return [into.pk]


def _split(plan):
    obstacles = Obstacles(plan.on)
    if plan.ends:
        _check_ending(obstacles, plan, "sources")
    else:
        obstacles.must_exist(plan.sources, "sources")
        obstacles.must_begin_before(plan.sources, "on")
    for part in plan.parts:
        _check_part(obstacles, part, plan.sources[0].kind, "parts")
    sources = [each.pk for each in plan.sources]
    members, children = _divided(plan, obstacles, sources)
    if not plan.ends:
        obstacles.no_later_attendance(list(members), sources)
    obstacles.refuse()
    parts = {each.code: _established(each, plan.on) for each in plan.parts}
    members = {pk: parts[code].pk for pk, code in members.items()}
    children = {pk: parts[code].pk for pk, code in children.items()}
    heir = parts.get(plan.rest) or next(iter(parts.values()))
    ended = [each.pk for each in plan.ended]
    _hand_over(plan, parts.values(), members, children, dict.fromkeys(ended, heir.pk))
    pairs = [(source, part.pk) for source in sources for part in parts.values()]
    if plan.ends:
        organizing.succeed(pairs, on=plan.on, kind=SuccessionKind.SPLIT)
    elif plan.work.tasks == work.GO_OVER:
        work.take_tasks_along(members, sources, on=plan.on)
    return [part.pk for part in parts.values()]


def _divided(plan, obstacles, sources):
    """({member id: code of a part}, {organization id: code}): where everybody goes."""
    codes = {part.code for part in plan.parts}
    divided = []
    for there, chosen, sentence in (
        (
            organizing.members_of(sources, on=plan.on),
            plan.members,
            _("%(count)s members have no new branch, as %(names)s: name one for all others."),
        ),
        (
            organizing.children_of(sources, on=plan.on),
            plan.children,
            _("%(count)s organizations below have no new place, as %(names)s."),
        ),
    ):
        goes = {pk: chosen.get(pk, plan.rest) for pk in there}
        without = [pk for pk, code in goes.items() if code not in codes]
        if without and plan.ends:
            model = Member if chosen is plan.members else Organization
            obstacles.add("members", sentence, count=len(without), names=_some(model, without))
        divided.append({pk: code for pk, code in goes.items() if code in codes})
    return divided


def _some(model, ids):
    rows = model.objects.filter(pk__in=ids).order_by("code")
    named = [f"{each} ({each.code})" for each in rows[:5]]
    return ", ".join(named) + (", …" if len(ids) > len(named) else "")


def _dissolve(plan):
    obstacles = Obstacles(plan.on)
    _check_ending(obstacles, plan, "organizations")
    ids = [each.pk for each in plan.organizations]
    members = organizing.members_of(ids, on=plan.on)
    children = [pk for pk in organizing.children_of(ids, on=plan.on) if pk not in ids]
    if members:
        obstacles.add(
            "organizations",
            _("%(count)s members belong there, as %(names)s: give them another branch first."),
            count=len(members),
            names=_some(Member, list(members)),
        )
    if children:
        obstacles.add(
            "organizations",
            _("%(count)s organizations stand below, as %(names)s: move them first."),
            count=len(children),
            names=_some(Organization, children),
        )
    obstacles.refuse()
    _hand_over(plan, [], {}, {}, dict.fromkeys(ids))


CARRY_OUT = {
    Create: _create,
    Rename: _rename,
    Change: _change,
    Move: _move,
    Merge: _merge,
    Split: _split,
    Dissolve: _dissolve,
}


# What these share


def _check_ending(obstacles, plan, field):
    obstacles.must_exist(plan.ended, field)
    obstacles.must_begin_before(plan.ended, "on")
    obstacles.no_later_facts([each.pk for each in plan.ended])
    if len({each.kind for each in getattr(plan, "sources", ())}) > 1:
        obstacles.add(field, _("They are of different kinds."))


def _check_part(obstacles, part, kind, field):
    """What takes in members and organizations is of the kind of those that they come from."""
    if isinstance(part, NewOrganization):
        _check_new(obstacles, part, field)
    else:
        obstacles.must_exist([part], field)
    if part.kind != kind:
        obstacles.add(field, _("%(name)s is of another kind."), name=part.name)


def _check_new(obstacles, new, field):
    if Organization.objects.filter(code=new.code).exists():
        obstacles.add(field, _("The code %(code)s is taken."), code=new.code)
    if new.parent is not None:
        obstacles.must_exist([new.parent], field)
        child = Organization(name=new.name, kind=new.kind, grassroots=_grassroots(new))
        obstacles.may_stand_under([child], new.parent, field)
    elif new.kind not in (
        OrganizationKind.CENTRAL,
        OrganizationKind.PROVINCE,
        OrganizationKind.DISTRICT,
    ):
        obstacles.add(field, _("It stands under another organization: name that."))


def _grassroots(new):
    if new.grassroots is None:
        return new.kind == OrganizationKind.GRASSROOTS_COMMITTEE
    return new.grassroots


def _made(new, on):
    return organizing.create(
        kind=new.kind,
        name=new.name,
        code=new.code,
        parent=new.parent,
        since=on,
        grassroots=_grassroots(new),
    )


def _established(part, on):
    return _made(part, on) if isinstance(part, NewOrganization) else part


def _fresh(organization):
    return Organization.objects.get(pk=organization.pk)


def _hand_over(plan, parts, members, children, successors):
    """Members and organizations below to their new place, and the work of what ends with them."""
    organizing.move_members(members, on=plan.on)
    organizing.place(children, on=plan.on)
    todo = getattr(plan, "work", None) or work.ENDING
    reissued = work.hand_on(
        todo, successors=successors, main={each.code: each for each in parts}, on=plan.on
    )
    work.hand_over_tasks(todo, reissued, successors=successors, members=members, on=plan.on)
    organizing.end_posts(list(successors), on=plan.on)
    organizing.end(list(successors), on=plan.on)
