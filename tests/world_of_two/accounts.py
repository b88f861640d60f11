"""Examples of the routes of the frame, signing in, accounts, users, reminders and the journal."""

from accounts.models import Grant, JournalEntry

from .example import Example, of
from .world import FOREIGN

EXAMPLES = {
    "home": Example(),
    "accounts:sending": Example(acts=False),
    "service_worker": Example(acts=False),
    "manifest": Example(acts=False),
    "offline": Example(acts=False),
    "set_language": Example(
        acts=False, status=302, post={"language": "en", "next": "/"}, posted=302
    ),
    # Signing in
    "accounts:login": Example(acts=False, posted=200, signed_in=302),
    "accounts:logout": Example(acts=False, status=405, posted=302),
    "accounts:invitation": Example(
        lambda half: ["no-such-link"], acts=False, status=410, posted=410
    ),
    "account_login": Example(acts=False, posted=200, signed_in=302),
    "account_logout": Example(acts=False, status=405, posted=302),
    "account_inactive": Example(acts=False),
    "account_reset_password": Example(acts=False, posted=200),
    "account_reset_password_done": Example(acts=False),
    "account_reset_password_from_key": Example(
        lambda half: ["1", "no-such-key"], acts=False, posted=200
    ),
    "account_reset_password_from_key_done": Example(acts=False),
    "mfa_authenticate": Example(acts=False, status=302, posted=302),
    "mfa_login_webauthn": Example(acts=False, status=302, posted=302),
    "openid_connect_login": Example(lambda half: ["sso"], acts=False, status=405, posted=404),
    "openid_connect_callback": Example(lambda half: ["sso"], acts=False, status=404),
    "socialaccount_login_cancelled": Example(acts=False),
    # One's own account
    "accounts:account": Example(),
    "accounts:sessions": Example(),
    "accounts:session_end_others": Example(acts=False, status=405, posted=302),
    "accounts:session_end": Example(lambda half: [FOREIGN], acts=False, status=405, posted=404),
    "account_change_password": Example(posted=200),
    "account_set_password": Example(status=302, posted=302),
    "account_reauthenticate": Example(posted=200),
    "mfa_reauthenticate": Example(status=302, posted=302),
    "mfa_reauthenticate_webauthn": Example(status=302, posted=302),
    "mfa_index": Example(),
    "mfa_activate_totp": Example(posted=200),
    "mfa_deactivate_totp": Example(status=404, posted=404),
    "mfa_view_recovery_codes": Example(status=404),
    "mfa_generate_recovery_codes": Example(posted=200),
    "mfa_download_recovery_codes": Example(acts=False, status=404, posted=404),
    "mfa_list_webauthn": Example(acts=False, status=302),
    "mfa_add_webauthn": Example(posted=200),
    "mfa_edit_webauthn": Example(lambda half: [FOREIGN], status=404, posted=404),
    "mfa_remove_webauthn": Example(lambda half: [FOREIGN], status=404, posted=404),
    # Lists as one keeps them
    "accounts:views": Example(),
    "accounts:view_add": Example(
        query={"list": "branches:members", "q": "pham"}, post={"name": "Của tôi"}, posted=302
    ),
    "accounts:view_columns": Example(
        query={"list": "branches:members"}, post={"columns": "code"}, posted=302
    ),
    "accounts:view_change": Example(lambda half: [FOREIGN], status=404, posted=404),
    "accounts:view_delete": Example(lambda half: [FOREIGN], status=404, posted=404),
    "accounts:list_download": Example(lambda half: ["csv"], query={"list": "branches:members"}),
    # Users and what they hold
    "accounts:users": Example(),
    "accounts:user": of("user"),
    "accounts:user_invite": Example(
        post={"username": "fresh", "full_name": "Lê Mới", "member": ""}, posted=200
    ),
    "accounts:user_change": of(
        "user", post={"full_name": "Lê Khác", "email": "", "member": ""}, posted=302
    ),
    "accounts:user_switch": of("user", post={"to": "off", "reason": "01-QĐ"}, posted=302),
    "accounts:user_invitation": of("user", posted=200),
    "accounts:grant_give": of(
        "user", post={"role": "office", "organization": "D-W", "reason": "01-QĐ"}, posted=302
    ),
    "accounts:grant_withdraw": of("grant", post={"reason": "01-QĐ"}, posted=302),
    "accounts:member_readers": of("member"),
    # Reminders
    "assignments:reminders": Example(),
    "assignments:reminder_choices": Example(
        post={"kinds": "task_due", "rhythm": "weekly"}, posted=302
    ),
    "assignments:reminder_put_aside": Example(
        acts=False, status=405, post={"kind": "task_due", "key": "1:2018-01-01"}, posted=302
    ),
    # The journal
    "accounts:journal": Example(),
    "accounts:access_log": Example(),
    "accounts:journal_entry": Example(
        lambda half: [JournalEntry.objects.about(Grant, half.grant.pk).latest("pk").pk]
    ),
    "accounts:member_history": of("member"),
}
