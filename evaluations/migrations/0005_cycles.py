"""Cycles of the year end: steps, self-reviews, comments, proposals, votes, decisions."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


AUDITED = (
    "evaluations_cycle",
    "evaluations_cyclestep",
    "evaluations_stepdone",
    "evaluations_selfreview",
    "evaluations_comment",
    "evaluations_proposal",
    "evaluations_vote",
    "evaluations_votecount",
    "evaluations_decision",
    "evaluations_capoverride",
)


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0013_minutes"),
        ("evaluations", "0004_objections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Cycle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("cut_off", models.DateField(verbose_name="cut-off date")),
                (
                    "vote_share",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("0.5"),
                        max_digits=5,
                        verbose_name="share that a vote must exceed",
                    ),
                ),
                (
                    "vote_counting",
                    models.CharField(
                        choices=[
                            ("each", "The votes for this level alone"),
                            ("at_least", "The votes for this level and better ones"),
                        ],
                        default="each",
                        max_length=8,
                        verbose_name="what carries a level",
                    ),
                ),
                (
                    "second_ballot",
                    models.BooleanField(
                        default=True,
                        verbose_name="a second ballot picks the excellent from the good",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=2000, verbose_name="note")),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                (
                    "suggested_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="suggestions taken at"
                    ),
                ),
                (
                    "locked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="locked at"),
                ),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="digest")),
                (
                    "locked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="locked by",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="opened by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cycles",
                        to="branches.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cycles",
                        to="evaluations.scheme",
                        verbose_name="rating set",
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "organization__code"],
            },
        ),
        migrations.CreateModel(
            name="CapOverride",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("leader", "Holds a leading or managing post"),
                            ("staff", "Holds no leading or managing post"),
                            ("outside", "Works outside the political system"),
                        ],
                        max_length=7,
                        verbose_name="person class",
                    ),
                ),
                ("places", models.PositiveSmallIntegerField(verbose_name="more places")),
                ("reason", models.CharField(max_length=2000, verbose_name="reason")),
                (
                    "document",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="number of the document"
                    ),
                ),
                ("given_at", models.DateTimeField(verbose_name="given at")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at"),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="given by",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.organization",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="evaluations.cycle",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CycleBranch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cycle_branches",
                        to="branches.organization",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="branches",
                        to="evaluations.cycle",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.organization",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Appraisal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person_class",
                    models.CharField(
                        choices=[
                            ("leader", "Holds a leading or managing post"),
                            ("staff", "Holds no leading or managing post"),
                            ("outside", "Works outside the political system"),
                        ],
                        max_length=7,
                        verbose_name="person class",
                    ),
                ),
                ("rated", models.BooleanField(null=True, verbose_name="rated")),
                (
                    "not_rated_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("exempt", "Exempt from work and party activity"),
                            ("suspended", "Suspended from party activity"),
                            ("new_member", "Admitted less than six months ago"),
                            ("no_results", "No results to rate from"),
                        ],
                        max_length=10,
                        verbose_name="reason for not being rated",
                    ),
                ),
                (
                    "suggested_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excellent", "Excellent"),
                            ("good", "Good"),
                            ("completed", "Completed"),
                            ("failed", "Not completed"),
                        ],
                        max_length=9,
                        verbose_name="suggested level",
                    ),
                ),
                (
                    "voted_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excellent", "Excellent"),
                            ("good", "Good"),
                            ("completed", "Completed"),
                            ("failed", "Not completed"),
                        ],
                        max_length=9,
                        verbose_name="level that the branch voted",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appraisals",
                        to="branches.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "rating",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appraisals",
                        to="evaluations.rating",
                        verbose_name="suggestion",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appraisals",
                        to="evaluations.cycle",
                    ),
                ),
                (
                    "cycle_branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appraisals",
                        to="evaluations.cyclebranch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CycleStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("collective", "Review of the leading collective"),
                            ("self_review", "Self-review and own level"),
                            ("comments", "Comments of other places"),
                            ("proposal", "Proposal of the branch committee"),
                            ("vote", "Vote of the branch"),
                            ("section", "Proposal of the sub-committee"),
                            ("decision", "Decision of the competent committee"),
                            ("organizations", "Rating of the organization"),
                            ("notice", "Notice to the members"),
                        ],
                        max_length=13,
                        verbose_name="step",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                (
                    "cycle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="evaluations.cycle",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField(verbose_name="revision")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("decision", "Decision"),
                            ("correction", "Correction before the lock"),
                            ("re_rating", "Re-rating"),
                        ],
                        max_length=10,
                        verbose_name="cause",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excellent", "Excellent"),
                            ("good", "Good"),
                            ("completed", "Completed"),
                            ("failed", "Not completed"),
                        ],
                        max_length=9,
                        verbose_name="level",
                    ),
                ),
                (
                    "grounds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("differs", "Differs from the suggestion"),
                                ("vote", "Differs from the vote of the branch"),
                                ("discipline", "Disciplined in the period"),
                                ("tie", "Equal with others at the cap"),
                                ("cap", "Above the cap"),
                                ("condition", "A condition of the level is not met"),
                                ("undecided", "The rules leave it open"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=2000, verbose_name="reason")),
                (
                    "document",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="number of the document"
                    ),
                ),
                ("decided_on", models.DateField(verbose_name="decided on")),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="changes")),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                (
                    "appraisal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="evaluations.appraisal",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "rating",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evaluations.rating",
                        verbose_name="suggestion",
                    ),
                ),
            ],
            options={
                "ordering": ["revision"],
            },
        ),
        migrations.AddField(
            model_name="appraisal",
            name="decision",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="evaluations.decision",
                verbose_name="decision in force",
            ),
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("collective", "Review of the leading collective"),
                            ("self_review", "Self-review and own level"),
                            ("comments", "Comments of other places"),
                            ("proposal", "Proposal of the branch committee"),
                            ("vote", "Vote of the branch"),
                            ("section", "Proposal of the sub-committee"),
                            ("decision", "Decision of the competent committee"),
                            ("organizations", "Rating of the organization"),
                            ("notice", "Notice to the members"),
                        ],
                        max_length=13,
                        verbose_name="step",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("excellent", "Excellent"),
                            ("good", "Good"),
                            ("completed", "Completed"),
                            ("failed", "Not completed"),
                        ],
                        max_length=9,
                        verbose_name="level",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=2000, verbose_name="note")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                (
                    "appraisal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="evaluations.appraisal",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SelfReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("points", models.JSONField(default=dict, verbose_name="points")),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excellent", "Excellent"),
                            ("good", "Good"),
                            ("completed", "Completed"),
                            ("failed", "Not completed"),
                        ],
                        max_length=9,
                        verbose_name="own level",
                    ),
                ),
                (
                    "strengths",
                    models.TextField(
                        blank=True, max_length=10000, verbose_name="strengths and results"
                    ),
                ),
                (
                    "shortcomings",
                    models.TextField(blank=True, max_length=10000, verbose_name="shortcomings"),
                ),
                (
                    "causes",
                    models.TextField(
                        blank=True, max_length=5000, verbose_name="causes of the shortcomings"
                    ),
                ),
                (
                    "mended",
                    models.TextField(
                        blank=True, max_length=5000, verbose_name="earlier shortcomings mended"
                    ),
                ),
                (
                    "plans",
                    models.TextField(
                        blank=True, max_length=5000, verbose_name="how they will be mended"
                    ),
                ),
                (
                    "submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="handed in at"),
                ),
                ("entered_at", models.DateTimeField(verbose_name="entered at")),
                (
                    "appraisal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="self_review",
                        to="evaluations.appraisal",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StepDone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("collective", "Review of the leading collective"),
                            ("self_review", "Self-review and own level"),
                            ("comments", "Comments of other places"),
                            ("proposal", "Proposal of the branch committee"),
                            ("vote", "Vote of the branch"),
                            ("section", "Proposal of the sub-committee"),
                            ("decision", "Decision of the competent committee"),
                            ("organizations", "Rating of the organization"),
                            ("notice", "Notice to the members"),
                        ],
                        max_length=13,
                        verbose_name="step",
                    ),
                ),
                ("done_at", models.DateTimeField(verbose_name="done at")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "cycle_branch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="done",
                        to="evaluations.cyclebranch",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="done by",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="round")),
                ("ballot", models.PositiveSmallIntegerField(default=1, verbose_name="ballot")),
                ("held_on", models.DateField(verbose_name="held on")),
                (
                    "convened",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="official members convened"
                    ),
                ),
                ("away", models.PositiveSmallIntegerField(default=0, verbose_name="of them away")),
                (
                    "absent_exempt",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="of them exempt and absent"
                    ),
                ),
                (
                    "present",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="present and entitled to vote"
                    ),
                ),
                (
                    "issued",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="ballot papers given out"
                    ),
                ),
                (
                    "returned",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="ballot papers returned"
                    ),
                ),
                (
                    "invalid",
                    models.PositiveSmallIntegerField(default=0, verbose_name="of them invalid"),
                ),
                ("secret", models.BooleanField(default=True, verbose_name="secret ballot")),
                ("tellers", models.CharField(blank=True, max_length=300, verbose_name="tellers")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "cycle_branch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="evaluations.cyclebranch",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "ordering": ["round", "ballot"],
            },
        ),
        migrations.CreateModel(
            name="VoteCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "excellent",
                    models.PositiveSmallIntegerField(default=0, verbose_name="excellent"),
                ),
                ("good", models.PositiveSmallIntegerField(default=0, verbose_name="good")),
                (
                    "completed",
                    models.PositiveSmallIntegerField(default=0, verbose_name="completed"),
                ),
                ("failed", models.PositiveSmallIntegerField(default=0, verbose_name="failed")),
                (
                    "blank",
                    models.PositiveSmallIntegerField(default=0, verbose_name="nothing marked"),
                ),
                (
                    "appraisal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vote_counts",
                        to="evaluations.appraisal",
                    ),
                ),
                (
                    "vote",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counts",
                        to="evaluations.vote",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("residence", "Place of residence"),
                            ("temporary", "Place of temporary party activity"),
                            ("former", "Former place of work"),
                            ("employer", "Rating as a civil servant or employee"),
                        ],
                        max_length=9,
                        verbose_name="from",
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=300, verbose_name="place")),
                ("asked_on", models.DateField(blank=True, null=True, verbose_name="asked on")),
                (
                    "received_on",
                    models.DateField(blank=True, null=True, verbose_name="received on"),
                ),
                ("text", models.TextField(blank=True, max_length=5000, verbose_name="comment")),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excellent", "Excellent"),
                            ("good", "Good"),
                            ("completed", "Completed"),
                            ("failed", "Not completed"),
                        ],
                        max_length=9,
                        verbose_name="level",
                    ),
                ),
                (
                    "not_needed",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="why it is not needed"
                    ),
                ),
                ("entered_at", models.DateTimeField(verbose_name="entered at")),
                (
                    "appraisal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="evaluations.appraisal",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["residence", "temporary", "former", "employer"])
                        ),
                        name="comment_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("level__in", ["", "excellent", "good", "completed", "failed"])
                        ),
                        name="comment_level_known",
                    ),
                    models.UniqueConstraint(
                        fields=("appraisal", "kind"), name="comment_once_a_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level", ""), ("received_on", None), ("text", "")),
                            models.Q(
                                ("not_needed", ""),
                                ("received_on__isnull", False),
                                models.Q(("level", ""), ("text", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="comment_received_says_something",
                        violation_error_message="What was received: the comment or the level.",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.CheckConstraint(
                condition=models.Q(("year__gte", 1930), ("year__lte", 2100)),
                name="cycle_year_known",
                violation_error_message="A year lies between 1930 and 2100.",
            ),
        ),
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.CheckConstraint(
                condition=models.Q(("vote_counting__in", ["each", "at_least"])),
                name="cycle_vote_counting_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.UniqueConstraint(
                fields=("organization", "year"),
                name="cycle_once_a_year",
                violation_error_message="This year's cycle is open already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.CheckConstraint(
                condition=models.Q(("cut_off__year", models.F("year"))),
                name="cycle_cut_off_in_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.CheckConstraint(
                condition=models.Q(("vote_share__gte", 0), ("vote_share__lt", 1)),
                name="cycle_vote_share_below_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("digest", ""), ("locked_at", None), ("locked_by", None)),
                    models.Q(
                        ("digest__regex", "^[0-9a-f]{64}$"),
                        ("locked_at__isnull", False),
                        ("locked_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="cycle_locked_with_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="capoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("person_class__in", ["", "leader", "staff", "outside"])),
                name="cap_override_class_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="capoverride",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("cycle", "unit", "person_class"),
                name="cap_override_once",
                violation_error_message="More places were given here already: withdraw them first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="capoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("places__gt", 0), models.Q(("reason", ""), _negated=True)),
                name="cap_override_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="capoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="cap_override_withdrawn_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="cyclebranch",
            constraint=models.UniqueConstraint(
                fields=("cycle", "branch"), name="cycle_branch_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="cyclebranch",
            constraint=models.UniqueConstraint(
                fields=("branch", "year"),
                name="cycle_branch_in_one_cycle",
                violation_error_message="A branch is in another cycle of this year.",
            ),
        ),
        migrations.AddConstraint(
            model_name="cyclestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "collective",
                            "self_review",
                            "comments",
                            "proposal",
                            "vote",
                            "section",
                            "decision",
                            "organizations",
                            "notice",
                        ],
                    )
                ),
                name="cycle_step_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="cyclestep",
            constraint=models.UniqueConstraint(fields=("cycle", "kind"), name="cycle_step_once"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("appraisal", "revision"),
                name="decision_revision_once",
                violation_error_message="Somebody else has just decided on this member.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["decision", "correction", "re_rating"])),
                name="decision_cause_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["", "excellent", "good", "completed", "failed"])),
                name="decision_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", "decision"), ("revision", 1)),
                    models.Q(("revision__gt", 1), models.Q(("cause", "decision"), _negated=True)),
                    _connector="OR",
                ),
                name="decision_first_then_changes",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", "decision"), ("grounds", [])),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="decision_with_reason",
                violation_error_message="Give the reason of this decision.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisal",
            constraint=models.CheckConstraint(
                condition=models.Q(("person_class__in", ["leader", "staff", "outside"])),
                name="appraisal_person_class_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisal",
            constraint=models.UniqueConstraint(
                fields=("cycle", "member"), name="appraisal_once_a_cycle"
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("not_rated_reason", ""),
                        ("rated", None),
                        ("rating", None),
                        ("suggested_level", ""),
                    ),
                    models.Q(
                        ("not_rated_reason", ""),
                        ("rated", True),
                        ("rating__isnull", False),
                        ("suggested_level__in", ["excellent", "good", "completed", "failed"]),
                    ),
                    models.Q(
                        ("rated", False),
                        ("rating__isnull", False),
                        ("suggested_level", ""),
                        (
                            "not_rated_reason__in",
                            ["exempt", "suspended", "new_member", "no_results"],
                        ),
                    ),
                    _connector="OR",
                ),
                name="appraisal_as_suggested",
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("voted_level__in", ["", "excellent", "good", "completed", "failed"])
                ),
                name="appraisal_vote_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["excellent", "good", "completed", "failed"])),
                name="proposal_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["proposal", "section"])),
                name="proposal_of_a_committee",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                fields=("appraisal", "step"), name="proposal_once_a_step"
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["", "excellent", "good", "completed", "failed"])),
                name="self_review_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("submitted_at", None), models.Q(("level", ""), _negated=True), _connector="OR"
                ),
                name="self_review_handed_in_with_level",
                violation_error_message="Choose your own level before you hand it in.",
            ),
        ),
        migrations.AddConstraint(
            model_name="stepdone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "collective",
                            "self_review",
                            "comments",
                            "proposal",
                            "vote",
                            "section",
                            "decision",
                            "organizations",
                            "notice",
                        ],
                    )
                ),
                name="step_done_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stepdone",
            constraint=models.UniqueConstraint(
                fields=("cycle_branch", "kind"), name="step_done_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.UniqueConstraint(
                fields=("cycle_branch", "round", "ballot"), name="vote_once_a_ballot"
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(("ballot__in", [1, 2]), ("round__gte", 1)),
                name="vote_ballot_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "convened__gt",
                        django.db.models.expressions.CombinedExpression(
                            models.F("away"), "+", models.F("absent_exempt")
                        ),
                    )
                ),
                name="vote_has_a_base",
                violation_error_message="Nobody is left to vote: those away and the exempt who are absent are as many as the members convened.",
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "present__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("convened"), "-", models.F("absent_exempt")
                        ),
                    )
                ),
                name="vote_present_were_convened",
                violation_error_message="More members are present than were convened.",
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(("issued__lte", models.F("present"))),
                name="vote_issued_to_those_present",
                violation_error_message="More ballot papers were given out than members present.",
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned__lte", models.F("issued"))),
                name="vote_returned_were_issued",
                violation_error_message="More ballot papers came back than were given out.",
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(("invalid__lte", models.F("returned"))),
                name="vote_invalid_were_returned",
                violation_error_message="More papers are invalid than came back.",
            ),
        ),
        migrations.AddConstraint(
            model_name="votecount",
            constraint=models.UniqueConstraint(
                fields=("vote", "appraisal"), name="vote_count_once"
            ),
        ),
        migrations.RunSQL(
            [f"SELECT accounts_audit('{table}')" for table in AUDITED],
            [f"SELECT accounts_audit_no_more('{table}')" for table in AUDITED],
        ),
    ]
