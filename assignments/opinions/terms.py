"""How long a body may take to answer: pure functions of days.

Quy định 294-QĐ/TW, 2.3: at most 30 working days for a grassroots organization, 60 for the level
above it and the province, 90 for the Centre; a longer case is announced with its reason.
"""

from datetime import timedelta

from branches.choices import OrganizationKind

SATURDAY = 5
CENTRAL, SUPERIOR, GRASSROOTS = "central", "superior", "grassroots"
LEVELS = {
    OrganizationKind.CENTRAL: CENTRAL,
    OrganizationKind.PROVINCE: SUPERIOR,
    OrganizationKind.DISTRICT: SUPERIOR,
}


def level_of(kind):
    """The key in the settings' OPINION_WORKING_DAYS for an organization of this kind."""
    return LEVELS.get(kind, GRASSROOTS)


def after_working_days(day, count, *, holidays=()):
    """The day that is `count` working days after `day`.

    holidays  days off beside Saturdays and Sundays, as "09-02" for each year or "2027-02-08"
    """
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day, holidays=holidays):
            count -= 1
    return day


def is_working_day(day, *, holidays=()):
    return day.weekday() < SATURDAY and not {f"{day:%m-%d}", day.isoformat()} & set(holidays)
