"""By which transaction an import was undone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workbook", "0001_imports")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="undo_transaction",
            field=models.BigIntegerField(editable=False, null=True),
        ),
    ]
