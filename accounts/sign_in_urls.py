"""The pages of django-allauth that this site has, at its own addresses.

allauth looks its pages up by these names. Those that are not here are not on the site: signing up,
managing e-mail addresses, connecting accounts of other sites.
"""

from allauth.account import views as account_views
from allauth.mfa.base import views as code_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as passkey_views
from allauth.socialaccount import views as single_sign_on_views
from django.urls import path, re_path

from branches.acting import acts

from .views import account, oidc, sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignInView.as_view(), name="account_login"),
    path("sign-out/", sign_in.SignOutView.as_view(), name="account_logout"),
    path("sign-in/code/", code_views.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", passkey_views.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/closed/", account_views.account_inactive, name="account_inactive"),
    path("sign-in/oidc/<slug:provider_id>/", oidc.start, name="openid_connect_login"),
    path("sign-in/oidc/<slug:provider_id>/back/", oidc.back, name="openid_connect_callback"),
    path(
        "sign-in/oidc-cancelled/",
        single_sign_on_views.login_cancelled,
        name="socialaccount_login_cancelled",
    ),
    path("password/", sign_in.ForgottenView.as_view(), name="account_reset_password"),
    path("password/sent/", account_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        account_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/done/",
        account_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/password/", acts(account_views.password_change), name="account_change_password"),
    path("account/password/set/", acts(account_views.password_set), name="account_set_password"),
    path("account/confirm/", acts(account_views.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/code/", acts(code_views.reauthenticate), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/",
        acts(passkey_views.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/second-factor/", account.SecondFactorView.as_view(), name="mfa_index"),
    path("account/second-factor/app/", account.AppView.as_view(), name="mfa_activate_totp"),
    path(
        "account/second-factor/app/remove/",
        acts(totp_views.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/second-factor/codes/",
        acts(recovery_views.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/codes/new/",
        account.NewCodesView.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/second-factor/codes/download/",
        recovery_views.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("account/second-factor/passkeys/", account.passkeys, name="mfa_list_webauthn"),
    path(
        "account/second-factor/passkeys/add/",
        acts(passkey_views.add_webauthn),
        name="mfa_add_webauthn",
    ),
    path(
        "account/second-factor/passkeys/<int:pk>/",
        acts(passkey_views.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/second-factor/passkeys/<int:pk>/remove/",
        acts(passkey_views.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
]
