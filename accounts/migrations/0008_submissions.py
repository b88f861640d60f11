"""What a browser sends once, however often it tries."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_redaction_of_the_desk")]

    operations = []
