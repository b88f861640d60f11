"""Lists as somebody keeps them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_journal_sign_in")]

    operations = []
