"""Addresses of signing in and of what is one's own; the names are those that allauth knows."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern, path

from comanda.web.account import entrance, profile, security, sessions, welcome

urlpatterns: list[URLPattern] = [
    path("welcome/<str:token>", welcome.welcome, name="welcome"),
    path("sign-in", entrance.sign_in, name="account_login"),
    path("sign-in/lost-password", entrance.lost_password, name="account_reset_password"),
    path("sign-in/code", factors.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/again", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code", factors.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/again/passkey", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("sign-in/inactive", account.account_inactive, name="account_inactive"),
    path("sign-out", account.logout, name="account_logout"),
    path("settings", profile.settings_start, name="settings"),
    path("settings/profile", profile.profile, name="profile"),
    path("settings/profile/email", profile.new_email, name="new_email"),
    path("settings/profile/email/<str:token>", profile.confirm_email, name="confirm_email"),
    path("settings/profile/password", profile.new_password, name="new_password"),
    path("settings/sessions", sessions.sessions, name="sessions"),
    path("settings/sessions/others/end", sessions.end_others, name="end_other_sessions"),
    path("settings/sessions/<int:session_id>/end", sessions.end_session, name="end_session"),
    path("settings/security", security.security, name="mfa_index"),
    path("settings/security/app", app.activate_totp, name="mfa_activate_totp"),
    path("settings/security/app/remove", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("settings/security/codes", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("settings/security/codes/new", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("settings/security/codes/file", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("settings/security/passkeys", security.passkeys, name="mfa_list_webauthn"),
    path("settings/security/passkeys/add", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("settings/security/passkeys/<int:pk>/remove", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("settings/security/passkeys/<int:pk>/edit", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
]
