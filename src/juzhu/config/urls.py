"""Every address of the service."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from juzhu.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.numbers, name="metrics"),
]
if find_spec("juzhu.web.urls") is not None:
    urlpatterns.append(path("", include("juzhu.web.urls")))

handler404 = "juzhu.web.errors.not_found"
handler500 = "juzhu.web.errors.server_error"
