"""A job makes dossiers, or the workbook of a cycle: what dossiers had, both have."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("pdf", "Dossiers as PDF"),
    ("docx", "Dossiers as Word"),
    ("xlsx", "Workbook of everything"),
]


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0018_organization_drafts")]

    operations = [
        migrations.RemoveConstraint("dossiers", "dossiers_format_known"),
        migrations.RemoveConstraint("dossiers", "dossiers_finished_or_failed"),
        migrations.RemoveConstraint("dossierpart", "dossier_part_once"),
        migrations.RenameModel("Dossiers", "PaperJob"),
        migrations.RenameModel("DossierPart", "PaperPart"),
        migrations.RenameField("paperpart", "dossiers", "job"),
        migrations.RenameField("paperjob", "format", "kind"),
        migrations.AlterField(
            "paperjob", "kind", models.CharField("kind", max_length=4, choices=KINDS)
        ),
        migrations.AlterField(
            "paperjob",
            "cycle",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="paper_jobs",
                to="evaluations.cycle",
                verbose_name="cycle",
            ),
        ),
        migrations.AddConstraint(
            "paperjob",
            models.CheckConstraint(
                condition=Q(("kind__in", ["pdf", "docx", "xlsx"])), name="paper_job_kind_known"
            ),
        ),
        migrations.AddConstraint(
            "paperjob",
            models.CheckConstraint(
                condition=Q(("error", ""), ("finished_at", None), _connector="OR"),
                name="paper_job_finished_or_failed",
            ),
        ),
        migrations.AddConstraint(
            "paperpart",
            models.UniqueConstraint(fields=("job", "number"), name="paper_part_once"),
        ),
    ]
