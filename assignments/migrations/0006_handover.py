"""Handing over assignments and their tasks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assignments", "0005_assigning")]

    operations = []
