"""The audit trail of evaluations."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0002_schemes"), ("accounts", "0003_journal")]

    operations = []
