"""Every address of the service."""

from django.urls import include, path

from juzhu.config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.numbers, name="metrics"),
    path("", include("juzhu.web.urls")),
]

handler400 = "juzhu.web.errors.bad_request"
handler404 = "juzhu.web.errors.not_found"
handler500 = "juzhu.web.errors.server_error"
