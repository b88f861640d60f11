"""Objections to a line of one's record."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0003_journal"), ("assignments", "0013_reminders")]

    operations = []
