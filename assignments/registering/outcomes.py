"""What a reported task seems to have come to: a suggestion, which who confirms may change."""

from datetime import date

from ..choices import Outcome


def suggest_outcome(*, quantity, actual, due_on, reported_on, exceeded_percent):
    """The outcome (a value of Outcome) that the figures speak for.

    quantity, actual  Decimals in the task's unit, or None: a task without figures, or a report
                      without
    due_on            the last day to hand it in
    reported_on       the day it was handed in; None where that is not known, as of imported ones
    exceeded_percent  how much more than the quantity counts as exceeded: 30 for 130 of 100

    Less than the quantity is unmet, whenever it was handed in; what is late is not exceeded.
    """
    if quantity is not None and (actual or 0) < quantity:
        return Outcome.UNMET
    if reported_on is not None and reported_on > due_on:
        return Outcome.LATE
    if quantity and actual * 100 >= quantity * (100 + exceeded_percent):
        return Outcome.EXCEEDED
    return Outcome.MET


def due_day(due_on, *, year):
    """The last day of a task; one without a date is due when its year ends."""
    return due_on or date(year, 12, 31)
