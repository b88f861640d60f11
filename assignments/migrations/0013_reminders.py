"""Reminders."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assignments", "0012_opinions")]

    operations = []
