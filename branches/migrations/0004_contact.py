"""Optional personal data of members."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("branches", "0003_tree")]

    operations = []
