"""Django's settings, derived from the typed environment. Importing them changes nothing on disk."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import django

from juzhu.config.env import Env

JUZHU = Env.load()

PACKAGE = Path(__file__).resolve().parent.parent
ADMIN = Path(django.__file__).resolve().parent / "contrib" / "admin"
"""Django's admin, of which the staff pages use templates, styles and words, but no table."""

SECRET_KEY = JUZHU.secret_key
DEBUG = False
ALLOWED_HOSTS = list(JUZHU.allowed_hosts)
ROOT_URLCONF = "juzhu.config.urls"
WSGI_APPLICATION = "juzhu.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_MODULES = (
    "audit",
    "staff",
    "desk",
    "faults",
    "people",
    "channels",
    "partners",
    "webhooks",
    "notices",
    "proactive",
    "lives",
    "copies",
    "disputes",
    "mandates",
    "payments",
    "permits",
    "evidence",
    "rounds",
    "sheets",
    "cards",
    "cases",
    "verifications",
)
INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    *(f"juzhu.modules.{name}" for name in _MODULES),
    "juzhu.web",
    "juzhu.bureau",
    "juzhu.counter",
]

MIDDLEWARE = [
    "juzhu.config.middleware.TrustedProxy",
    "juzhu.config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "juzhu.web.middleware.Headers",
    "juzhu.web.middleware.Language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "juzhu.web.middleware.SessionEnd",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "juzhu.web.context.page",
            ],
        },
    }
]


def database(url: str) -> dict[str, object]:
    """Return Django's entry for the PostgreSQL server at `url`."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "juzhu.config.database",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,  # the pool keeps the connections
        "CONN_HEALTH_CHECKS": True,  # a restarted database is survived
        "OPTIONS": {
            **query,
            "application_name": "juzhu",
            "options": f"-c lock_timeout={JUZHU.lock_timeout_ms} "
            f"-c statement_timeout={JUZHU.statement_timeout_ms}",
            "pool": {"min_size": 1, "max_size": JUZHU.database_pool, "timeout": 5},
        },
    }


def replica(url: str) -> dict[str, object]:
    """Return Django's entry for a replica: read by threads that keep a connection, or give up."""
    found = database(url)
    options = {name: it for name, it in found["OPTIONS"].items() if name != "pool"}  # type: ignore[attr-defined]
    found["OPTIONS"] = options | {"connect_timeout": 2}
    return found | {"CONN_MAX_AGE": None, "TEST": {"MIRROR": "default"}}


DATABASES = {"default": database(JUZHU.database_url)} | {
    f"replica{number}": replica(url) for number, url in enumerate(JUZHU.database_replica_urls)
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale", ADMIN / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [("admin", ADMIN / "static" / "admin")]
STATIC_ROOT = JUZHU.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # no upload is kept
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The only upload is a sheet to be checked: one file, in memory, cut off beyond its limit.
FILE_UPLOAD_HANDLERS = ["juzhu.web.uploads.OneSmallFile"]
DATA_UPLOAD_MAX_NUMBER_FILES = 1
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = JUZHU.production
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = JUZHU.production
CSRF_FAILURE_VIEW = "juzhu.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if JUZHU.production else 0
SECURE_SSL_REDIRECT = JUZHU.production and JUZHU.trusted_proxy > 0
SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz|metrics)$"]  # asked for from inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # removed when no proxy is declared

LOGGING_CONFIG = "juzhu.config.logs.configure"
LOGGING = {"format": JUZHU.log_format, "level": JUZHU.log_level}

# Jobs are declared in juzhu.jobs and found by their names.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["juzhu.jobs.tasks"]
