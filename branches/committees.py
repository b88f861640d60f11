"""Who sits in a committee on a day, which seats are empty and why, and what everyone answers for.

A seat is held by a member with a position of a rank in COMMITTEE_RANKS at the organization, valid
on the day; one who holds two such positions takes one seat, and one who left the Party none.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from .as_of import as_of
from .choices import COMMITTEE_RANKS, STANDING_RANKS, OrganizationKind, Rank
from .models import CommitteeTerm, JobDescription, Member, Position
from .models.committee import fields_in
from .periods import last_day

WITHOUT_COMMITTEE = (OrganizationKind.BRANCH, OrganizationKind.CELL)
# Many hold such a post by its very nature: the title alone is no duty.
SEATS = (Rank.STANDING_MEMBER, Rank.COMMITTEE_MEMBER)
ORDER = {rank: number for number, rank in enumerate(Rank.values)}


@dataclass
class Holder:
    """A member with posts at the organization on the day.

    posts      positions here, the highest first; each has `.job`, its description or None, and
               `.is_first`, whether it is the first one of its title in the list
    elsewhere  positions at other organizations on the day
    """

    member: Member
    posts: list = field(default_factory=list)
    elsewhere: list = field(default_factory=list)

    @property
    def rank(self):
        return self.posts[0].rank

    @property
    def sits(self):
        return any(post.rank in COMMITTEE_RANKS for post in self.posts)

    @property
    def is_standing(self):
        return any(post.rank in STANDING_RANKS for post in self.posts)

    @property
    def fields(self):
        return list(dict.fromkeys(each for post in self.posts for each in fields_in(post.field)))

    @property
    def is_concurrent(self):
        """Two or more posts anywhere, as the report `roster` counts them."""
        return len(self.posts) + len(self.elsewhere) >= 2


@dataclass(frozen=True)
class Vacancy:
    """An empty seat; `position` is the one that ended, None for a seat nobody took so far."""

    position: Position | None = None

    @property
    def ended_on(self):
        """The first day without; of one who left the Party, that of leaving."""
        member, upper = self.position.member, self.position.validity.upper
        return min(filter(None, (member.left_on, upper)))

    @property
    def why(self):
        """As entered with the end, else as the member left; "" when nobody said."""
        position, left_on = self.position, self.position.member.left_on
        if position.end_reason or left_on != self.ended_on:
            return position.end_reason
        return position.member.get_left_reason_display()


@dataclass(frozen=True)
class Duplicate:
    """A duty that two or more hold in one place: a field, or a title."""

    duty: str
    holders: list


@dataclass(frozen=True)
class Committee:
    term: CommitteeTerm | None  # of the day
    terms: list  # all of the organization that began by the day, the newest first
    members: list[Holder]  # who sits
    others: list[Holder]  # who has a post here without a seat
    vacancies: list[Vacancy]
    unowned: list[str]  # fields of the term that nobody answers for
    shared_fields: list[Duplicate]
    shared_titles: list[Duplicate]

    @property
    def filled(self):
        return len(self.members)

    @property
    def standing(self):
        return sum(holder.is_standing for holder in self.members)

    @property
    def untaken(self):
        """How many seats nobody took so far in the term."""
        return sum(each.position is None for each in self.vacancies)

    @property
    def standing_vacant(self):
        return max(self.term.standing_seats - self.standing, 0) if self.term else 0

    @property
    def concurrent(self):
        return [each for each in (*self.members, *self.others) if each.is_concurrent]


def committee_on(organization, *, on):
    """The committee of the organization as of the day, in six queries."""
    terms = list(organization.terms.filter(validity__startswith__lte=on).order_by("-validity"))
    term = next(
        (each for each in terms if each.validity.upper is None or on < each.validity.upper), None
    )
    holders, gone = _holders(organization, on)
    members = [holder for holder in holders if holder.sits]
    owned = {_fold(each) for holder in holders for each in holder.fields}
    fields = term.named_fields() if term else []
    return Committee(
        term=term,
        terms=terms,
        members=members,
        others=[holder for holder in holders if not holder.sits],
        vacancies=_vacancies(organization, term, members, gone, on),
        unowned=[each for each in fields if _fold(each) not in owned],
        shared_fields=_shared_fields(holders),
        shared_titles=_shared_titles(holders),
    )


def with_committee_counts(organizations, *, on):
    """Annotate organizations with the term of the day (term_name, seats, standing_seats) and how
    many sit (filled, standing_filled) and are missing (vacant, None without a term)."""
    term = CommitteeTerm.objects.filter(organization=OuterRef("pk"), validity__contains=on)
    return organizations.annotate(
        term_name=Subquery(term.values("name")[:1]),
        seats=Subquery(term.values("seats")[:1]),
        standing_seats=Subquery(term.values("standing_seats")[:1]),
        filled=_sitting(COMMITTEE_RANKS, on),
        standing_filled=_sitting(STANDING_RANKS, on),
    ).annotate(vacant=F("seats") - F("filled"))


def with_committees(organizations, *, on):
    """Those that have a committee: all but branches and cells, and these too when somebody sits."""
    positions = Position.objects.valid_on(on).filter(
        organization=OuterRef("pk"), rank__in=COMMITTEE_RANKS
    )
    term = CommitteeTerm.objects.filter(organization=OuterRef("pk"), validity__contains=on)
    return organizations.filter(~Q(kind__in=WITHOUT_COMMITTEE) | Exists(positions) | Exists(term))


def term_day(term, *, on):
    """The day on which to look at a term: its last one, or the day itself while it runs."""
    last = last_day(term.validity)
    return last if last and last < on else on


def _sitting(ranks, on):
    positions = (
        Position.objects.valid_on(on)
        .filter(Q(member__left_on=None) | Q(member__left_on__gt=on))
        .filter(organization=OuterRef("pk"), rank__in=ranks)
        .order_by()
        .values(together=Value(1))
        .annotate(number=Count("member", distinct=True))
    )
    return Coalesce(Subquery(positions.values("number"), output_field=IntegerField()), 0)


def _holders(organization, on):
    """(those with posts here, positions here of those who left), in the order of their ranks."""
    here = organization.positions.valid_on(on).select_related("member")
    jobs = {
        job.title: job
        for job in JobDescription.objects.valid_on(on).filter(organization=organization)
    }
    holders, gone, titles = {}, [], set()
    for post in sorted(here, key=lambda each: (ORDER[each.rank], each.member.sort_key)):
        post.organization, post.job = organization, jobs.get(post.title)
        post.is_first = post.title not in titles
        titles.add(post.title)
        if post.member.left_on and post.member.left_on <= on:
            gone.append(post)
        else:
            holders.setdefault(post.member_id, Holder(post.member)).posts.append(post)
    elsewhere = list(
        Position.objects.valid_on(on)
        .filter(member__in=holders)
        .exclude(organization=organization)
        .select_related("organization")
        .order_by("organization__code", "title")
    )
    as_of((each.organization for each in elsewhere), on=on)
    for post in elsewhere:
        holders[post.member_id].elsewhere.append(post)
    return list(holders.values()), gone


def _vacancies(organization, term, members, gone, on):
    """As many as seats are empty: those who left them last, then seats that nobody took."""
    if term is None or len(members) >= term.seats:
        return []
    sitting = {holder.member.pk for holder in members}
    ended = (
        organization.positions.filter(
            rank__in=COMMITTEE_RANKS,
            validity__endswith__lte=on,
            validity__endswith__gt=term.validity.lower,
        )
        .exclude(member__in=sitting)
        .select_related("member")
        .order_by("-validity")
    )
    last = {}
    for position in sorted([*gone, *ended], key=lambda each: Vacancy(each).ended_on, reverse=True):
        if position.rank in COMMITTEE_RANKS:
            last.setdefault(position.member_id, Vacancy(position))
    empty = term.seats - len(members)
    return [*last.values(), *[Vacancy()] * empty][:empty]


def _fold(text):
    return " ".join(text.casefold().split())


def _shared_fields(holders):
    owners = defaultdict(list)
    for holder in holders:
        for each in holder.fields:
            owners[_fold(each)].append((each, holder))
    return [
        Duplicate(found[0][0], [holder for _name, holder in found])
        for found in owners.values()
        if len(found) > 1
    ]


def _shared_titles(holders):
    """Titles that two hold whose fields do not tell them apart; not those of plain seats."""
    owners = defaultdict(list)
    for holder in holders:
        for post in holder.posts:
            if post.rank not in SEATS:
                owners[_fold(post.title)].append((post, holder))
    return [
        Duplicate(found[0][0].title, [holder for _post, holder in found])
        for found in owners.values()
        if len(found) > 1 and not all(fields_in(post.field) for post, _holder in found)
    ]


def committees_of(acting):
    """The organizations at or below the one acted for that have a committee on the day."""
    found = with_committees(acting.subtree, on=acting.on).on(acting.on)
    return with_committee_counts(found, on=acting.on)
