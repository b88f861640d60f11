"""What is wrong with assignments before they are saved, and what would put it right.

`check_rows` looks at many at once in a fixed number of queries. An error keeps everything from
being saved; a warning is shown and needs no action.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.choices import ActivityStatus
from branches.periods import last_day

from ..choices import AssignmentRole
from ..models import Assignment
from .facts import Facts, covers, overlaps, share_a_day

ONE_DAY = timedelta(days=1)
MANY = 2  # assignments of a cadre at a time: one more is warned of
MOST_VISITS = 31
ERROR, WARNING = "error", "warning"
IN_TEAM = (AssignmentRole.TEAM_MEMBER, AssignmentRole.TEAM_LEADER)


@dataclass(frozen=True)
class Finding:
    """level   ERROR or WARNING
    field   the field of NewAssignment that it is about
    text    a sentence, with what would put it right
    ends    the earlier assignment that can be ended the day before as part of the same save
    denied  whether it is nothing to put right but forbidden
    """

    level: str
    field: str
    text: str
    ends: Assignment | None = None
    denied: bool = False


def check_rows(rows, *, by, on, besides=None, numbers=None):
    """A list of findings for each of `rows` (NewAssignment), in their order.

    by, on   the user who wants to save them, and today: what may be named and assigned to
    besides  an assignment to leave out of account: the one that is being changed
    numbers  what the rows are called when they are told of each other (default: 1, 2, …)
    """
    rows = list(rows)
    facts = Facts(rows, by=by, on=on, besides=besides)
    found = [_check(row, facts) for row in rows]
    _check_together(rows, found, numbers or range(1, len(rows) + 1))
    return found


def has_errors(found):
    return any(each.level == ERROR for findings in found for each in findings)


def day_words(day):
    return date_format(day, "SHORT_DATE_FORMAT")


def _check(row, facts):
    if row.until and row.until < row.since:
        return [_error("until", _("The last day is before the first day."))]
    checks = (_may, _member, _target, _visits, _overlap, _directive, _team, _load, _company, _own)
    return [finding for check in checks for finding in check(row, facts)]


def _error(field, text, **more):
    return Finding(ERROR, field, text, **more)


def _may(row, facts):
    if row.target.pk not in facts.scope:
        text = _("You do not assign anybody to %(target)s.") % {"target": row.target}
        yield _error("target", text, denied=True)
    elif _issuer(row, facts) not in facts.scope:
        yield _error("target", _say_issuer(row, facts), denied=True)
    if row.member.pk not in facts.seen_members:
        yield _error("member", _("This member is not one of yours."), denied=True)


def _issuer(row, facts):
    """The id of the organization that will answer for it (assignments/assigning/changing.py)."""
    if row.issuing and row.issuing.issuer_id in facts.lasting_issuers:
        return row.issuing.issuer_id
    path = facts.paths.get(row.target.pk, [row.target.pk])
    return path[-2] if len(path) > 1 else path[-1]


def _say_issuer(row, facts):
    if row.issuing and row.issuing.issuer_id in facts.lasting_issuers:
        return _("Only who issued %(directive)s assigns under it.") % {"directive": row.issuing}
    return _(
        "Without a document, whoever stands above %(target)s assigns to it: choose a document of "
        "your own, or leave it to them."
    ) % {"target": row.target}


def _member(row, facts):
    left = row.member.left_on
    if left and left <= row.since:
        text = _("%(member)s left the Party on %(day)s: choose somebody else.")
        yield _error("member", text % {"member": row.member, "day": day_words(left)})
        return
    for each in facts.statuses[row.member.pk]:
        if covers(each.validity, row.since):
            yield _error("member", _say_status(row, each))


def _say_status(row, status):
    words = {
        ActivityStatus.EXEMPT: _("%(member)s is exempt from work on %(day)s"),
        ActivityStatus.SUSPENDED: _("%(member)s is suspended on %(day)s"),
        ActivityStatus.AWAY: _("%(member)s is active elsewhere on %(day)s"),
    }[status.status]
    said = words % {"member": row.member, "day": day_words(row.since)}
    if (last := last_day(status.validity)) is None:
        return _("%(said)s, without end: choose somebody else.") % {"said": said}
    return _("%(said)s, until %(last)s: begin on %(next)s, or choose somebody else.") % {
        "said": said,
        "last": day_words(last),
        "next": day_words(last + ONE_DAY),
    }


def _target(row, facts):
    days, target = row.target.validity, row.target
    last = last_day(days)
    if not covers(days, row.since):
        yield _error("target", _say_absent(row, last, facts.successors[target.pk]))
    elif last and (row.until is None or row.until > last):
        text = _("%(target)s ends on %(day)s: write this as the last day.")
        yield _error("until", text % {"target": target, "day": day_words(last)})


def _say_absent(row, last, successors):
    names = {"target": row.target, "day": day_words(row.since)}
    if row.target.validity.lower and row.since < row.target.validity.lower:
        first = day_words(row.target.validity.lower)
        return _("%(target)s begins on %(first)s: begin then or later.") % (
            names | {"first": first}
        )
    said = _("%(target)s does not exist on %(day)s: it ended on %(last)s.") % (
        names | {"last": day_words(last)}
    )
    if not successors:
        return said
    became = ", ".join(f"{each} ({each.code})" for each in successors)
    return _("%(said)s Choose what it became: %(became)s.") % {"said": said, "became": became}


def _visits(row, facts):
    if not 0 <= row.visits_due <= MOST_VISITS:
        yield _error("visits_due", _("Visits due are from 0 to 31 in each period."))


def _overlap(row, facts):
    for other in overlaps(row, facts):
        names = {
            "member": row.member,
            "code": other.code,
            "first": day_words(other.validity.lower),
            "before": day_words(row.since - ONE_DAY),
        }
        if other.validity.lower >= row.since:
            yield _error("since", _say_later(row, other, names))
        elif other.pk not in facts.changeable:
            text = _(
                "%(member)s already goes there since %(first)s (%(code)s), assigned from above: "
                "only they can end it."
            )
            yield _error("member", text % names)
        elif facts.reviewed.get(other.pk, 0) > (row.since - ONE_DAY).year:
            names["year"] = facts.reviewed[other.pk]
            text = _(
                "%(member)s already goes there since %(first)s (%(code)s) and was reviewed for it "
                "in %(year)s: begin after that year."
            )
            yield _error("since", text % names)
        elif not row.ends_earlier:
            text = _(
                "%(member)s already goes there since %(first)s (%(code)s): end that on %(before)s, "
                "the day before."
            )
            yield _error("member", text % names, ends=other)
        else:
            text = _("%(code)s ends on %(before)s, the day before.") % names
            yield Finding(WARNING, "member", text, ends=other)


def _say_later(row, other, names):
    if other.validity.lower == row.since:
        return _(
            "%(member)s is already assigned there from the same day (%(code)s): leave this row out."
        ) % {key: names[key] for key in ("member", "code")}
    return _(
        "%(member)s is already assigned there from %(first)s (%(code)s): write %(last)s as the "
        "last day."
    ) % (names | {"last": day_words(other.validity.lower - ONE_DAY)})


def _directive(row, facts):
    directive = row.directive
    if directive is None:
        return
    if row.since < directive.issued_on:
        text = _("%(directive)s was issued on %(day)s: begin then or later.")
        names = {"directive": directive, "day": day_words(directive.issued_on)}
        yield _error("directive", text % names)
    elif directive.valid_to and row.since > directive.valid_to:
        text = _("%(directive)s was valid until %(day)s: choose another document.")
        names = {"directive": directive, "day": day_words(directive.valid_to)}
        yield _error("directive", text % names)


def _team(row, facts):
    team = row.team
    if team is None:
        if row.role in IN_TEAM:
            yield _error("team", _("Choose the team, or another role."))
        return
    names = {"team": team, "target": row.target, "member": row.member}
    if team.target_id not in facts.paths.get(row.target.pk, [row.target.pk]):
        text = _("%(team)s is not sent to %(target)s or what stands above it.")
        yield _error("team", text % names)
    if row.directive and row.directive.pk != team.directive_id:
        names["directive"] = team.directive
        text = _("%(team)s was formed under %(directive)s: choose this document, or none.")
        yield _error("directive", text % names)
    if row.role == AssignmentRole.TEAM_LEADER and row.member.pk != team.leader_id:
        names["leader"] = team.leader
        text = _("%(leader)s leads %(team)s: %(member)s can be a member of it.")
        yield _error("role", text % names)


def _load(row, facts):
    """The cadre has as many as one carries already."""
    others = [
        each
        for each in facts.of_member[row.member.pk]
        if each.target_id != row.target.pk and covers(each.validity, row.since)
    ]
    if len(others) >= MANY:
        text = ngettext(
            "%(member)s already goes to %(number)s other: %(targets)s.",
            "%(member)s already goes to %(number)s others: %(targets)s.",
            len(others),
        )
        yield Finding(
            WARNING,
            "member",
            text
            % {
                "member": row.member,
                "number": len(others),
                "targets": ", ".join(str(each.target) for each in others[:3]),
            },
        )


def _company(row, facts):
    """Somebody else goes there already."""
    others = [
        each.member
        for each in facts.of_target[row.target.pk]
        if each.member_id != row.member.pk and covers(each.validity, row.since)
    ]
    if others:
        text = _("%(members)s already goes to %(target)s: this makes %(number)s.")
        names = {
            "members": ", ".join(map(str, others[:3])),
            "target": row.target,
            "number": len(others) + 1,
        }
        yield Finding(WARNING, "target", text % names)


def _own(row, facts):
    for each in facts.memberships[row.member.pk]:
        if each.branch_id == row.target.pk and covers(each.validity, row.since):
            text = _("%(member)s belongs to this branch: who does is assigned to another one.")
            yield Finding(WARNING, "target", text % {"member": row.member})


def _check_together(rows, found, numbers):
    """What the rows say of each other: the same twice, two to one target, three for one cadre."""
    for place, (row, findings) in enumerate(zip(rows, found, strict=True)):
        before = list(zip(numbers, rows[:place], strict=False))
        findings.extend(_say_twice(row, before))
        of_member = sum(other.member.pk == row.member.pk for _number, other in before)
        if of_member >= MANY and not any(each.field == "member" for each in findings):
            text = _("%(member)s stands in %(number)s rows before this one.")
            names = {"member": row.member, "number": of_member}
            findings.append(Finding(WARNING, "member", text % names))


def _say_twice(row, before):
    for number, other in before:
        if other.target.pk != row.target.pk or not share_a_day(other.validity, row.validity):
            continue
        names = {"number": number, "target": row.target, "member": other.member}
        if other.member.pk == row.member.pk:
            text = _("The same as row %(number)s: leave one of them out.")
            yield _error("member", text % names)
        else:
            text = _("%(member)s goes to %(target)s too, in row %(number)s.")
            yield Finding(WARNING, "target", text % names)
