"""Django's settings, built from ``env.py``; nothing here is meant to be edited by an operator."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from comanda import env
from comanda.lib import secrets

_ASIDE = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def database(url: str) -> dict[str, Any]:
    """Django's description of the database behind a libpq URL or conninfo string."""
    given = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    named = {name: given.pop(key, "") for key, name in _ASIDE.items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **given,
            "application_name": "comanda",
            "server_side_binding": True,
            # Statements used often are planned once a connection. A pooler between must know prepared
            # statements, as PgBouncer does from 1.22 on.
            "prepare_threshold": 5,
        },
    }


BASE_DIR = Path(__file__).parent
DATA_DIR: Path = env.get("data")
DEBUG: bool = env.get("debug")
PUBLIC_URL: str = env.get("public_url")
ALLOWED_HOSTS: list[str] = [*env.get("allowed_hosts"), *filter(None, [urlsplit(PUBLIC_URL).hostname])]
SECRET_KEY = secrets.load(DATA_DIR / "secrets" / "django-key")

# The embedded server puts its URL into the environment before Django is set up (see cli.py).
DATABASES = {"default": database(env.get("database_url"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "records.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_vite",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "comanda.records",
]
MIDDLEWARE = [
    "comanda.web.frame.policy.content_security_policy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "comanda.web.frame.packing.gzipped",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "comanda.web.frame.reader.speaks",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "comanda.web.account.presence.note_presence",
    "django_htmx.middleware.HtmxMiddleware",
    "comanda.web.frame.toasts.told_in_header",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "comanda.web.frame.refusals.told",
]
ROOT_URLCONF = "comanda.urls"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "comanda.web.frame.context.frame",
            ],
            "libraries": {"comanda": "comanda.web.frame.tags"},
        },
    }
]
FORM_RENDERER = "comanda.web.forms.Renderer"
CSRF_FAILURE_VIEW = "comanda.web.errors.forged"
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGES = [("en", "English"), ("pt-br", "Português (Brasil)"), ("es", "Español"), ("fr", "Français")]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
# Files are served from where they lie, packed beforehand by the build; names with a hash never change.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/built/assets/.+-[\w-]{8}\.\w+$"
DJANGO_VITE = {
    "default": {
        "static_url_prefix": "built",
        "manifest_path": BASE_DIR / "web" / "static" / "built" / "manifest.json",
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Sign-in. Passwords have one set of rules, wherever they are set.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_FORMS = {
    "login": "comanda.web.account.allauth_forms.LoginForm",
    "reauthenticate": "comanda.web.account.allauth_forms.ReauthenticateForm",
}
ACCOUNT_ADAPTER = "comanda.web.account.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_MAX_LENGTH = 320
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}
MFA_FORMS = {
    "authenticate": "comanda.web.account.allauth_forms.CodeForm",
    "reauthenticate": "comanda.web.account.allauth_forms.CodeAgainForm",
    "activate_totp": "comanda.web.account.allauth_forms.ActivateAppForm",
    "deactivate_totp": "comanda.web.account.allauth_forms.DeactivateAppForm",
    "generate_recovery_codes": "comanda.web.account.allauth_forms.NewCodesForm",
    "login_webauthn": "comanda.web.account.allauth_forms.PasskeyForm",
    "authenticate_webauthn": "comanda.web.account.allauth_forms.SecondPasskeyForm",
    "reauthenticate_webauthn": "comanda.web.account.allauth_forms.PasskeyAgainForm",
    "add_webauthn": "comanda.web.account.allauth_forms.AddPasskeyForm",
    "edit_webauthn": "comanda.web.account.allauth_forms.RenamePasskeyForm",
}
MFA_ADAPTER = "comanda.web.account.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Comanda"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PUBLIC_URL.startswith("https:")

SESSION_COOKIE_NAME = "comanda_session"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PUBLIC_URL.startswith("https:")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

# What counts failed sign-ins is shared by all processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

SMTP: env.Smtp | None = env.get("smtp_url")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SMTP else 'dummy'}.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.get("mail_from")
if SMTP:
    EMAIL_HOST, EMAIL_PORT = SMTP.host, SMTP.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = SMTP.user, SMTP.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = SMTP.starttls, SMTP.tls

MAP_TILES: env.MapTiles | None = env.get("map_tiles")
GEOCODER_URL: str = env.get("geocoder_url")

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = env.get("max_json_mb") * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["comanda.web.imports.receiving.Sink"]
# Uploads are moved from here to where they are kept, which takes no time on the same disk.
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

PROCRASTINATE_IMPORT_PATHS = [
    "comanda.ingest.tasks",
    "comanda.ingest.csv_import.tasks",
    "comanda.ingest.store_removal",
    "comanda.ingest.sync.tasks",
    "comanda.records.contact_bulk",
    "comanda.records.fields",
    "comanda.records.group_jobs",
    "comanda.records.product_sales",
    "comanda.wiring",
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "comanda": {"level": "INFO"},
        # What callers send wrong is their affair; what is our own bug is logged in comanda.api.faults.
        "django.request": {"level": "ERROR"},
        # Each try is in the log of calls, with what went wrong.
        "stamina": {"level": "ERROR"},
    },
}
