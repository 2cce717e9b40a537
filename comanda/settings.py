"""Django's settings, built from ``env.py``; nothing here is meant to be edited by an operator."""

from pathlib import Path
from typing import Any

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
ALLOWED_HOSTS: list[str] = list(env.get("allowed_hosts"))
SECRET_KEY = secrets.load(DATA_DIR / "secrets" / "django-key")

# The embedded server puts its URL into the environment before Django is set up (see cli.py).
DATABASES = {"default": database(env.get("database_url"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "records.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "comanda.records",
]
MIDDLEWARE = [
    "comanda.web.policy.content_security_policy",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "comanda.urls"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pt-br", "Português (Brasil)"), ("es", "Español"), ("fr", "Français")]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = env.get("max_json_mb") * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

PROCRASTINATE_IMPORT_PATHS = ["comanda.ingest.tasks", "comanda.ingest.csv_import.tasks"]
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
    },
}
