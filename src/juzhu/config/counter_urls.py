"""Every address of the staff pages' process."""

from django.urls import include, path

from juzhu.config import health
from juzhu.counter import reference

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.numbers, name="metrics"),
    path("admin/", reference.site.urls),
    path("", include("juzhu.bureau.urls")),
    path("", include("juzhu.counter.urls")),
]

handler404 = "juzhu.counter.errors.not_found"
handler500 = "juzhu.counter.errors.server_error"
