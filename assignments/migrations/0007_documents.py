"""Templates of documents."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assignments", "0006_handover")]

    operations = []
