"""Addresses of decisions: deciding, ties, places beyond the cap, the lock, and what follows it."""

from django.urls import path

from ..views import caps, decisions, locks

CYCLE = "cycles/<int:pk>/"
UNIT = f"{CYCLE}units/<int:unit>/"

urlpatterns = [
    path(f"{CYCLE}decisions/", decisions.decision_list, name="decisions"),
    path(f"{CYCLE}decisions/decide/", decisions.decide, name="decide"),
    path(f"{CYCLE}ties/", decisions.ties, name="ties"),
    path(f"{UNIT}places/", caps.cap_places, name="cap_places"),
    path(f"{UNIT}percent/", caps.unit_cap, name="unit_cap"),
    path("cap-places/<int:pk>/withdraw/", caps.places_withdraw, name="places_withdraw"),
    path(f"{CYCLE}lock/", locks.cycle_lock, name="cycle_lock"),
    path(f"{CYCLE}changes/", locks.cycle_changes, name="cycle_changes"),
    path("appraisals/<int:pk>/re-rate/", locks.re_rate, name="re_rate"),
]
