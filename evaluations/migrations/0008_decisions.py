"""Decisions within the cap, and what a lock keeps."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0007_votes"),
    ]

    operations = []
