"""Visits: what the cadre, the roster and the committee say of one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0008_linear_checks"),
        ("branches", "0012_meeting_plans"),
        ("accounts", "0008_submissions"),
    ]

    operations = []
