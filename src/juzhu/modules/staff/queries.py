"""Reading staff accounts and sessions."""

from datetime import datetime

from django.db.models import Count, Max, Q

from juzhu.modules.staff.contracts import AccountView, Role, SessionView
from juzhu.modules.staff.models import Account, Session


class AccountNotFoundError(LookupError):
    """There is no account of this name."""


def accounts() -> list[AccountView]:
    """Return all accounts by username."""
    rows = Account.objects.annotate(
        open_sessions=Count("sessions", filter=Q(sessions__ended_at__isnull=True)),
        last=Max("sessions__began_at"),
    )
    return [
        AccountView(
            username=row.username,
            name=row.name,
            role=Role(row.role),
            point=row.point,
            disabled=row.disabled_at is not None,
            open_sessions=row.open_sessions,
            last_signed_in=row.last,
        )
        for row in rows.order_by("username")
    ]


def sessions(*, seen_after: datetime) -> list[SessionView]:
    """Return the running sessions, latest used first."""
    rows = Session.objects.filter(ended_at__isnull=True, seen_at__gt=seen_after)
    return [
        SessionView(
            id=row.pk,
            username=row.account.username,
            name=row.account.name,
            role=Role(row.account.role),
            began_at=row.began_at,
            seen_at=row.seen_at,
            source=row.source,
        )
        for row in rows.select_related("account").order_by("-seen_at")
    ]


def role_of(username: str) -> Role | None:
    """Return what an account is there for; None when there is none or it is closed."""
    found = Account.objects.filter(username=username, disabled_at__isnull=True)
    role = found.values_list("role", flat=True).first()
    return None if role is None else Role(role)


def name_of(username: str) -> str:
    """Return the person's name; the username itself when there is no such account."""
    found = Account.objects.filter(username=username).values_list("name", flat=True).first()
    return found or username


def totp_secret(username: str) -> str:
    """Return the secret of an account, for the sandbox's own help; raise AccountNotFoundError."""
    try:
        return str(Account.objects.get(username=username).totp_secret)
    except Account.DoesNotExist as error:
        raise AccountNotFoundError(username) from error
