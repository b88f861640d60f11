"""Papers of the year end, made by a worker."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0010_organizations"),
    ]

    operations = []
