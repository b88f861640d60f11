"""The audit trail of what one signs in with: e-mail addresses, second factors, identities."""

from django.db import migrations

AUDIT_SQL = """
SELECT accounts_audit('account_emailaddress');
SELECT accounts_audit('mfa_authenticator', secret => '{data}', derived => '{last_used_at}');
SELECT accounts_audit(
    'socialaccount_socialaccount', secret => '{extra_data}', derived => '{last_login}'
);
"""
TABLES = ("account_emailaddress", "mfa_authenticator", "socialaccount_socialaccount")
UNDO_AUDIT_SQL = "".join(f"SELECT accounts_audit_no_more('{table}');\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_redaction"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [migrations.RunSQL(AUDIT_SQL, UNDO_AUDIT_SQL)]
