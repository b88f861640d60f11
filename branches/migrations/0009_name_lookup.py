"""Organizations are found by their names without diacritics, many at once."""

import branches.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0008_merged_members"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(branches.fields.SearchKey("name"), name="organization_name_key"),
        ),
    ]
