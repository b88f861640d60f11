"""Registered tasks on their way to confirmation."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assignments", "0009_visits")]

    operations = []
