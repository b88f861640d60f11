"""The order of the steps of a cycle."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0005_cycles"),
    ]

    operations = []
