"""The audit trail of assignments."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assignments", "0002_checks"), ("accounts", "0003_journal")]

    operations = []
