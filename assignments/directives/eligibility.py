"""Who may lead a team: a standing-committee member of the issuer on the day of the directive."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branches.choices import Rank
from branches.models import Member, Position
from branches.periods import first_day, last_day
from branches.templatetags.acting import period_words

STANDING_RANKS = (Rank.SECRETARY, Rank.DEPUTY_SECRETARY, Rank.STANDING_MEMBER)


def leaders_of(issuer, *, on):
    """Members (a queryset) who may lead teams of the issuer under a directive of the day."""
    standing = Position.objects.valid_on(on).filter(organization=issuer, rank__in=STANDING_RANKS)
    return Member.objects.filter(pk__in=standing.values("member")).order_by("sort_key", "code")


def why_not_leader(member, issuer, *, on):
    """Why the member may not lead a team, in a sentence that says what is recorded of them there;
    "" for one who may."""
    posts = [post for post in member.positions.all() if post.organization_id == issuer.pk]
    posts.sort(key=lambda post: post.validity.lower, reverse=True)
    standing = [post for post in posts if post.rank in STANDING_RANKS]
    named = {"member": member, "issuer": issuer, "day": date_format(on, "SHORT_DATE_FORMAT")}
    if any(_is_held(post, on) for post in standing):
        return ""
    if standing:
        named["days"] = period_words(standing[0].validity)
        return (
            _("%(member)s sits in the standing committee of %(issuer)s %(days)s: not on %(day)s.")
            % named
        )
    held = next((post.title for post in posts if _is_held(post, on)), "")
    if held:
        named["post"] = held
        return (
            _(
                "%(member)s is “%(post)s” of %(issuer)s on %(day)s: no member of its standing "
                "committee."
            )
            % named
        )
    return _("%(member)s holds no post at %(issuer)s on %(day)s.") % named


def _is_held(post, day):
    last = last_day(post.validity)
    return first_day(post.validity) <= day and (last is None or day <= last)
