"""Reorganizations of the tree."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("branches", "0006_committees")]

    operations = []
