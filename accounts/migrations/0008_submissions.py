"""What a browser sends once, however often it tries."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_redaction_of_the_desk")]

    operations = [
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False, verbose_name="key")),
                ("page", models.CharField(max_length=100, verbose_name="page")),
                (
                    "content",
                    models.CharField(max_length=64, verbose_name="digest of the content"),
                ),
                ("at", models.DateTimeField(db_index=True, verbose_name="at")),
                ("answer", models.JSONField(blank=True, null=True, verbose_name="answer")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="submissions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={"ordering": ["at"]},
        ),
    ]
