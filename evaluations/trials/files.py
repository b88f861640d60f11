"""Who changes level in a trial, as a file with the columns of its page."""

from django.utils.translation import gettext_lazy as _

from branches.as_of import as_of
from branches.masking import sight_of
from branches.models import Member, Organization
from branches.templatetags.numbers import number

from ..tables.schemes import notes_of
from ..templatetags.ratings import short_level

AT_ONCE = 1000
HEADING = (
    _("Member"),
    _("Party card"),
    _("Branch"),
    _("On record"),
    _("In the trial"),
    _("Score on record"),
    _("Score in the trial"),
    _("To note"),
)


def file_rows(request, changes, *, cut_off):
    """Yield the cells of HEADING of each Change; party cards as the reader sees them."""
    for start in range(0, len(changes), AT_ONCE):
        part = changes[start : start + AT_ONCE]
        members = Member.objects.in_bulk([each.member for each in part])
        branches = Organization.objects.in_bulk({each.branch for each in part})
        as_of(branches.values(), on=cut_off)
        sight = sight_of(request)
        sight.look(members)
        for each in part:
            member = members.get(each.member)
            yield (
                member.full_name if member else "",
                sight.show("code", member) if member else "",
                str(branches.get(each.branch, "")),
                str(short_level(each.former_level)),
                str(short_level(each.level)),
                _score(each.former_score),
                _score(each.score),
                ", ".join(str(words) for _style, words in notes_of(each)),
            )


def _score(score):
    return "" if score is None else number(score, 2)
