"""Opinions and their answers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assignments", "0011_branch_tasks")]

    operations = []
