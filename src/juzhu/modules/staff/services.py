"""Commands on staff accounts and sessions. Instants are the machine's own, never the sandbox's.

A session is bound twice: to the address it began at, and to a token in the device's cookie that
turns every few minutes. Whoever shows a token that has turned long ago holds a copy, so the
session ends for both.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, connection, transaction

from juzhu.modules.staff import codes
from juzhu.modules.staff.contracts import (
    Credentials,
    Member,
    Present,
    Refusal,
    Refused,
    Role,
    SignedIn,
)
from juzhu.modules.staff.models import Account, Attempt, Event, Session
from juzhu.modules.staff.queries import AccountNotFoundError

FAILURES_TO_LOCK: Final = 5
LOCK_TIME: Final = timedelta(minutes=15)
FAILURES_PER_SOURCE: Final = 50
SOURCE_TIME: Final = timedelta(minutes=10)
KEEP_ATTEMPTS: Final = timedelta(days=1)
IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=10)
TURN: Final = timedelta(minutes=5)
GRACE: Final = timedelta(seconds=30)
"""A page and its pictures ask at the same moment: the token before stays good this long."""
SEEN_STEP: Final = timedelta(seconds=20)
"""`seen_at` is written no more often than this, to spare the database."""


class AccountExistsError(ValueError):
    """The username is taken; accounts are never reused."""


@transaction.atomic
def add(*, username: str, name: str, role: Role, point: str, by: str, at: datetime) -> Credentials:
    """Make an account with a password and a secret of its own.

    Raises:
        AccountExistsError: the username is taken.

    """
    password, secret = codes.new_password(), codes.new_secret()
    try:
        with transaction.atomic():
            Account.objects.create(
                username=username,
                name=name,
                role=role,
                point=point,
                password=make_password(password),
                totp_secret=secret,
                created_at=at,
            )
    except IntegrityError as error:
        raise AccountExistsError(username) from error
    _note(username, by, "added", at)
    return Credentials(username, password, secret, codes.uri(secret, username))


@transaction.atomic
def reset(*, username: str, by: str, at: datetime) -> Credentials:
    """Give a new password and a new secret, enable the account, and end its sessions.

    Raises:
        AccountNotFoundError: no such account.

    """
    account = _locked(username)
    password, secret = codes.new_password(), codes.new_secret()
    account.password, account.totp_secret = make_password(password), secret
    account.totp_step, account.disabled_at = 0, None
    account.save(update_fields=("password", "totp_secret", "totp_step", "disabled_at"))
    _end_all(account, by, at)
    Attempt.objects.filter(username=username).delete()  # a locked door opens, too
    _note(username, by, "reset", at)
    return Credentials(username, password, secret, codes.uri(secret, username))


@transaction.atomic
def disable(*, username: str, by: str, at: datetime) -> None:
    """Close an account and end its sessions; repeating changes nothing.

    Raises:
        AccountNotFoundError: no such account.

    """
    account = _locked(username)
    if account.disabled_at is not None:
        return
    account.disabled_at = at
    account.save(update_fields=("disabled_at",))
    _end_all(account, by, at)
    _note(username, by, "disabled", at)


def sign_in(
    *, username: str, password: str, code: str, source: str, at: datetime
) -> SignedIn | Refused:
    """Begin a session with password and code; five failures close the account's door a while.

    The same work is done for a name that does not exist, so that time tells nothing.
    """
    attempt = _begin_attempt(username, source, at)
    if isinstance(attempt, Refused):
        return attempt
    account = _proven(username, password, code, at)
    if account is None:
        return Refused(Refusal.NOT_MATCHED)
    return _begin_session(account, attempt, source, at)


@transaction.atomic
def _begin_attempt(username: str, source: str, at: datetime) -> int | Refused:
    """Write an attempt down as failed before it is looked at, or say that the door is closed."""
    key = hashlib.sha256(f"staff\0{username}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(key, "big", signed=True)]
        )
    refused = _closed(username, source, at)
    if refused is not None:
        return refused
    return Attempt.objects.create(at=at, username=username, source=source, succeeded=False).pk


def _closed(username: str, source: str, at: datetime) -> Refused | None:
    failed = Attempt.objects.filter(source=source, at__gt=at - SOURCE_TIME, succeeded=False)
    times = list(failed.order_by("-at").values_list("at", flat=True)[:FAILURES_PER_SOURCE])
    if len(times) == FAILURES_PER_SOURCE:
        return Refused(Refusal.TOO_MANY, times[-1] + SOURCE_TIME)
    recent = Attempt.objects.filter(username=username, at__gt=at - LOCK_TIME)
    last = list(recent.order_by("-at", "-pk").values_list("at", "succeeded")[:FAILURES_TO_LOCK])
    if len(last) == FAILURES_TO_LOCK and not any(succeeded for _, succeeded in last):
        return Refused(Refusal.LOCKED, last[0][0] + LOCK_TIME)
    return None


def _proven(username: str, password: str, code: str, at: datetime) -> Account | None:
    """Return the account if password and code are right and the code was not used before."""
    account = Account.objects.filter(username=username, disabled_at__isnull=True).first()
    if account is None:
        make_password(password)
        return None
    right = check_password(password, account.password)
    step = codes.step_of(account.totp_secret, code, at.timestamp())
    if not right or step is None:
        return None
    fresh = Account.objects.filter(pk=account.pk, totp_step__lt=step).update(totp_step=step)
    return account if fresh else None


@transaction.atomic
def _begin_session(account: Account, attempt: int, source: str, at: datetime) -> SignedIn:
    Attempt.objects.filter(pk=attempt).update(succeeded=True)
    Attempt.objects.filter(username=account.username, at__lt=at - KEEP_ATTEMPTS).delete()
    token = secrets.token_urlsafe(32)
    session = Session.objects.create(
        account=account, token=_digest(token), turned_at=at, source=source, began_at=at, seen_at=at
    )
    _note(account.username, account.username, "signed_in", at)
    return SignedIn(session.pk, token)


def present(*, session_id: int, token: str, source: str, at: datetime) -> Present | None:
    """Return who is there, or None when the session does not hold (any more).

    Another address, or a token that turned long ago, ends it: somebody has copied the cookie.
    """
    session = Session.objects.select_related("account").filter(pk=session_id).first()
    if session is None or session.ended_at is not None:
        return None
    if at - session.seen_at >= IDLE or at - session.began_at >= LONGEST:
        end(session_id=session_id, by="system:idle", what="ended_idle", at=at)
        return None
    if session.source != source or not _is_good(session, token, at):
        end(session_id=session_id, by="system:theft", what="ended_as_stolen", at=at)
        return None
    return Present(_member(session), _turned(session, token, at))


def _is_good(session: Session, token: str, at: datetime) -> bool:
    shown = _digest(token)
    if hmac.compare_digest(bytes(session.token), shown):
        return True
    before = session.former is not None and hmac.compare_digest(bytes(session.former), shown)
    return before and at - session.turned_at < GRACE


def _turned(session: Session, token: str, at: datetime) -> str | None:
    """Write that the session was used; return a fresh token when the present one is old."""
    in_use = Session.objects.filter(pk=session.pk, token=_digest(token), ended_at__isnull=True)
    if at - session.turned_at >= TURN:
        fresh = secrets.token_urlsafe(32)
        # Of two requests with the same old token one turns it; the other keeps to the grace time.
        if in_use.update(token=_digest(fresh), former=session.token, turned_at=at, seen_at=at):
            return fresh
    elif at - session.seen_at >= SEEN_STEP:
        in_use.update(seen_at=at)
    return None


@transaction.atomic
def end(*, session_id: int, by: str, what: str, at: datetime) -> None:
    """End a session; one that has ended is left as it is."""
    session = Session.objects.select_related("account").filter(pk=session_id).first()
    if session is None:
        return
    open_still = Session.objects.filter(pk=session_id, ended_at__isnull=True)
    if open_still.update(ended_at=at, ended_by=by):
        _note(session.account.username, by, what, at)


@transaction.atomic
def change_password(*, account_id: int, old: str, new: str, at: datetime) -> bool:
    """Take a new password if the old one is right; the person's other sessions stay."""
    account = Account.objects.select_for_update().get(pk=account_id)
    if not check_password(old, account.password):
        return False
    account.password = make_password(new)
    account.save(update_fields=("password",))
    _note(account.username, account.username, "password_changed", at)
    return True


def _member(session: Session) -> Member:
    account = session.account
    return Member(
        account_id=account.pk,
        username=account.username,
        name=account.name,
        role=Role(account.role),
        point=account.point,
        session_id=session.pk,
    )


def _locked(username: str) -> Account:
    try:
        return Account.objects.select_for_update().get(username=username)
    except Account.DoesNotExist as error:
        raise AccountNotFoundError(username) from error


def _end_all(account: Account, by: str, at: datetime) -> None:
    Session.objects.filter(account=account, ended_at__isnull=True).update(ended_at=at, ended_by=by)


def _note(username: str, by: str, what: str, at: datetime) -> None:
    Event.objects.create(at=at, username=username, by=by, what=what)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
