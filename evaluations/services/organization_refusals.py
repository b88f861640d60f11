"""What the database refuses of the ratings of organizations, in words."""

from django.utils.translation import gettext_lazy

REFUSALS = {
    "organizations_within_the_cap": gettext_lazy(
        "More organizations would be excellent here than there are places: decide fewer excellent, "
        "or give more places first, with the reason."
    ),
    "organization_decision_under_others": gettext_lazy(
        "An organization above is decided on already: take that back first."
    ),
    "steps_in_order": gettext_lazy(
        "The members of the branch were given notice already: take that step back first."
    ),
    "organization_rating_as_decided": gettext_lazy(
        "The rating of the organization for the year says another level."
    ),
}
