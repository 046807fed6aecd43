"""Three addresses for machines: alive, ready, numbers. None says anything about a person."""

import ipaddress

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from juzhu.config import metrics
from juzhu.web.access import public_page

log = structlog.get_logger()


@public_page
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the shape of a view
    """Say that this process answers. No database: restarting us would not heal that."""
    return HttpResponse("ok\n", content_type="text/plain")


@public_page
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - the shape of a view
    """Say whether requests may be sent here, and if not, why."""
    reasons = reasons_against_readiness()
    return JsonResponse({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)


@public_page
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Return the numbers for Prometheus to this machine, or to a caller with the token."""
    if not _may_see_numbers(request):
        raise Http404
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def reasons_against_readiness() -> list[str]:
    """Return what keeps this process from serving, in words for the operator."""
    reasons = []
    if settings.JUZHU.vault_keys is None:
        reasons.append("the vault has no keys")
    try:
        waiting = waiting_migrations()
    except DatabaseError:
        log.warning("health.database_away", exc_info=True)
        return [*reasons, "the database does not answer"]
    if waiting:
        reasons.append(f"{waiting} database migrations are not applied")
    return reasons


def waiting_migrations() -> int:
    """Return how many migrations of this version the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _may_see_numbers(request: HttpRequest) -> bool:
    token = settings.JUZHU.metrics_token
    if token:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")
    # A reverse proxy on this machine calls from here, too, on behalf of anybody.
    if request.META.get("juzhu.forwarded"):
        return False
    return ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback
