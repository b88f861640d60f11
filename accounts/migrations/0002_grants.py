"""Who gave and withdrew a grant, and why."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_models")]

    operations = []
