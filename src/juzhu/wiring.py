"""The one place where a port meets its adapter, chosen from settings. One of each per process."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from juzhu.adapters import city_legacy, preview
from juzhu.adapters.clock_city import CityClock
from juzhu.adapters.clock_system import SystemClock
from juzhu.adapters.departments_http import HttpDepartments
from juzhu.adapters.exchange_keys import FOLDER_NAME as EXCHANGE_FOLDER
from juzhu.adapters.exchange_keys import FileExchangeKeys
from juzhu.adapters.face_city import SimulatedFaceCheck
from juzhu.adapters.gateway import Gateway
from juzhu.adapters.ledger_keys import LEDGER_KEYS_FOLDER, FileLedgerKeys
from juzhu.adapters.ledger_witness import FileWitness
from juzhu.adapters.photographs_http import HttpPhotographs
from juzhu.adapters.proof_cose import TRIAL_ISSUER, CoseProofs
from juzhu.adapters.proof_keys import FOLDER_NAME, ensure_keys
from juzhu.adapters.seal_local import Authority, LocalSealer, ensure_trial_authority
from juzhu.adapters.sheet_file import SheetFiles
from juzhu.adapters.sheet_typst import TypstSheets
from juzhu.adapters.sms_http import HttpSms
from juzhu.ports.clock import Clock
from juzhu.ports.departments import Departments
from juzhu.ports.exchange import ExchangeKeys
from juzhu.ports.face import FaceCheck
from juzhu.ports.ledger import LedgerKeys, LedgerWitness
from juzhu.ports.photographs import Photographs
from juzhu.ports.proofs import ProofSigner
from juzhu.ports.sheets import Sealer, SheetFileChecker, SheetRenderer
from juzhu.ports.sms import SmsGateway


def _gateway(url: str) -> Gateway:
    env = settings.JUZHU
    return Gateway(url=url, secret=env.gateway_secret, app_id=env.gateway_appid)


@cache
def clock() -> Clock:
    """Return where the day comes from."""
    env = settings.JUZHU
    return CityClock(env.city_url) if env.clock == "city" else SystemClock()


@cache
def departments() -> Departments:
    """Return the door to the departments' registers."""
    return HttpDepartments(_gateway(settings.JUZHU.gateway_url))


@cache
def sms() -> SmsGateway:
    """Return the carrier's gateway."""
    return HttpSms(_gateway(settings.JUZHU.sms_url))


@cache
def face() -> FaceCheck:
    """Return the face check.

    Raises:
        ImproperlyConfigured: in production, which lets nothing simulated in.

    """
    if settings.JUZHU.production:
        raise ImproperlyConfigured("The simulated face check is for the sandbox only.")
    return SimulatedFaceCheck(_gateway(settings.JUZHU.face_url))


def legacy_permits() -> str:
    """Return the sandbox city's CSV of permits issued before this system."""
    return city_legacy.legacy_permits(settings.JUZHU.city_url)


@cache
def photographs() -> Photographs:
    """Return the register of photographs."""
    return HttpPhotographs(_gateway(settings.JUZHU.gateway_url))


def is_trial() -> bool:
    """Say whether sheets are marked 样章测试 all over: everywhere but in production."""
    return not settings.JUZHU.production


def verify_url() -> str:
    """Return the public address on which a sheet is checked, as printed in its QR."""
    return f"{settings.JUZHU.address}/verify/"


def status_list_url(number: int) -> str:
    """Return where a status list is published."""
    return f"{settings.JUZHU.address}/verify/status/{number}"


@cache
def proofs() -> ProofSigner:
    """Return what signs tokens and status lists."""
    folder = settings.JUZHU.data_dir / FOLDER_NAME
    ensure_keys(folder, on=clock().now().date())
    return CoseProofs(
        folder, list_uri=f"{settings.JUZHU.address}/verify/status/", issuer=TRIAL_ISSUER
    )


@cache
def _authority() -> Authority:
    return ensure_trial_authority(settings.JUZHU.data_dir / "seal")


@cache
def sealer() -> Sealer:
    """Return what carries the seal's key."""
    authority = _authority()
    return LocalSealer(authority.certificate, authority.key)


@cache
def sheet_pages() -> SheetRenderer:
    """Return what makes the page of a sheet."""
    return TypstSheets()


def sheet_picture(pdf: bytes) -> bytes:
    """Return a sheet of ours as JPEG."""
    return preview.preview(pdf)


@cache
def sheet_files() -> SheetFileChecker:
    """Return what examines files that claim to be sheets."""
    authority = _authority()
    return SheetFiles(seals=[authority.certificate], roots=[authority.root])


@cache
def exchange_keys() -> ExchangeKeys:
    """Return what signs access tokens and answers of the exchange."""
    return FileExchangeKeys(settings.JUZHU.data_dir / EXCHANGE_FOLDER, on=clock().now().date())


def exchange_url() -> str:
    """Return the address of the exchange as departments reach it, without a slash at its end."""
    return str(settings.JUZHU.exchange_address)


@cache
def ledger_keys() -> LedgerKeys:
    """Return what signs the ledger's seals."""
    return FileLedgerKeys(settings.JUZHU.data_dir / LEDGER_KEYS_FOLDER, on=clock().now().date())


@cache
def ledger_witness() -> LedgerWitness:
    """Return what remembers the ledger's seals outside the database."""
    return FileWitness(settings.JUZHU.data_dir / "ledger")
