"""Attachments of directives, and what teams need."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assignments", "0003_journal"), ("branches", "0005_stored_files")]

    operations = []
