"""Django's settings of the staff pages' process: its own addresses, cookies and gate.

The cookies have names of their own because a browser does not tell ports of one host apart.
"""

from typing import Any, Final

from juzhu.config import settings as citizens

OVERRIDES: Final[dict[str, Any]] = {  # Any: settings are of many kinds
    "ROOT_URLCONF": "juzhu.config.counter_urls",
    "MIDDLEWARE": [
        "juzhu.config.middleware.TrustedProxy",
        "juzhu.config.middleware.RequestLog",
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "juzhu.counter.headers.Headers",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "juzhu.counter.gate.Gate",
        "juzhu.counter.visit.Window",
    ],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            # Our own first: they stand in for some of the admin's. The admin itself is no
            # installed app, since it would bring tables of accounts (docs/decisions/0051).
            "DIRS": [citizens.PACKAGE / "counter" / "templates", citizens.ADMIN / "templates"],
            "APP_DIRS": True,
            "OPTIONS": {
                "libraries": {
                    name: f"django.contrib.admin.templatetags.{name}"
                    for name in ("admin_list", "admin_modify", "admin_urls")
                },
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.messages.context_processors.messages",
                    "juzhu.counter.context.page",
                ],
            },
        }
    ],
    "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    "SESSION_COOKIE_NAME": "juzhu_staff",
    "SESSION_COOKIE_SAMESITE": "Strict",
    "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
    "CSRF_COOKIE_NAME": "juzhu_staff_csrf",
    "CSRF_COOKIE_SAMESITE": "Strict",
    "CSRF_FAILURE_VIEW": "juzhu.counter.errors.csrf_failure",
}

globals().update({name: value for name, value in vars(citizens).items() if name.isupper()})
globals().update(OVERRIDES)
