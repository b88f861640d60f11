"""Optional personal data of members, and the mark of those who were anonymised."""

import django.core.validators
from django.db import migrations, models
from django.db.models import Q

IDENTITY = r"^([0-9]{9}|[0-9]{12})$"
PHONE = r"^\+?[0-9]{8,15}$"
EMAIL = r"^[^@\s]+@[^@\s]+$"


def shape(field, pattern, message):
    return migrations.AddConstraint(
        model_name="member",
        constraint=models.CheckConstraint(
            condition=Q(**{field: ""}) | Q(**{f"{field}__regex": pattern}),
            name=f"member_{field}_form",
            violation_error_message=message,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("branches", "0003_tree")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="identity_number",
            field=models.CharField(
                blank=True,
                default="",
                max_length=12,
                validators=[
                    django.core.validators.RegexValidator(
                        IDENTITY, "An identity number has 12 digits, or 9."
                    )
                ],
                verbose_name="identity number",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="member",
            name="phone",
            field=models.CharField(
                blank=True,
                default="",
                max_length=16,
                validators=[
                    django.core.validators.RegexValidator(
                        PHONE, "A phone number has 8 to 15 digits, with + or not."
                    )
                ],
                verbose_name="phone",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="member",
            name="email",
            field=models.EmailField(blank=True, default="", max_length=254, verbose_name="e-mail"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="member",
            name="anonymised_on",
            field=models.DateField(
                blank=True, editable=False, null=True, verbose_name="anonymised on"
            ),
        ),
        shape("identity_number", IDENTITY, "An identity number has 12 digits, or 9."),
        shape("phone", PHONE, "A phone number has 8 to 15 digits, with + or not."),
        shape("email", EMAIL, "This is not an e-mail address."),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=Q(anonymised_on=None)
                | Q(left_on__isnull=False, birth_date=None, identity_number="", phone="", email=""),
                name="member_anonymised_is_nobody",
                violation_error_message="An anonymised member has no personal data.",
            ),
        ),
    ]
