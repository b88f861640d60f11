"""Votes that add up."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0006_cycle_rules"),
    ]

    operations = []
