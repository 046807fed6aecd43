"""The one place where a port meets its adapter, chosen from settings. One of each per process."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings

from juzhu.adapters import city_legacy, preview, proof_keys, sheet_qr, sms_bulk
from juzhu.adapters.card_factory_http import HttpCardFactory
from juzhu.adapters.clock_city import CityClock
from juzhu.adapters.clock_system import SystemClock
from juzhu.adapters.departments_counted import CountedDepartments
from juzhu.adapters.departments_http import HttpDepartments
from juzhu.adapters.exchange_keys import FOLDER_NAME as EXCHANGE_FOLDER
from juzhu.adapters.exchange_keys import FileExchangeKeys
from juzhu.adapters.gateway import Gateway
from juzhu.adapters.key_sets_http import HttpKeySets
from juzhu.adapters.ledger_keys import LEDGER_KEYS_FOLDER, FileLedgerKeys
from juzhu.adapters.ledger_witness import FileWitness
from juzhu.adapters.life_events_http import HttpLifeEvents
from juzhu.adapters.mail_smtp import SmtpMail
from juzhu.adapters.payment_receipt import receipt_pdf
from juzhu.adapters.payments_city import CityPayments
from juzhu.adapters.payments_file import read_gateways
from juzhu.adapters.proof_cose import TRIAL_ISSUER, CoseProofs
from juzhu.adapters.proof_keys import FOLDER_NAME, ensure_keys
from juzhu.adapters.seal_files import SealFiles
from juzhu.adapters.seal_local import Authority, LocalSealer, ensure_trial_authority
from juzhu.adapters.seal_pades import TRIAL_SEAL, TimeStamps
from juzhu.adapters.seal_pkcs11 import Pkcs11Sealer, TokenKey
from juzhu.adapters.seal_remote import RemoteSealer
from juzhu.adapters.sheet_bulk import BulkSheets, SealedSheets
from juzhu.adapters.sheet_file import SheetFiles
from juzhu.adapters.sheet_typst import TypstSheets
from juzhu.adapters.sms_file import read_providers
from juzhu.adapters.sms_http import HttpSms
from juzhu.adapters.sms_now import SmsNow
from juzhu.adapters.webhooks_http import HttpWebhooks
from juzhu.modules.faults import outages
from juzhu.modules.notices import receipts
from juzhu.ports.card_factory import CardFactory, FactoryUnavailableError
from juzhu.ports.clock import Clock
from juzhu.ports.departments import Departments
from juzhu.ports.exchange import ExchangeKeys
from juzhu.ports.key_sets import KeySets
from juzhu.ports.ledger import LedgerKeys, LedgerWitness
from juzhu.ports.life_events import LifeEvents
from juzhu.ports.mail import Mail
from juzhu.ports.payments import PaymentGateway, ReceiptPage
from juzhu.ports.proofs import ProofSigner
from juzhu.ports.sheets import Sealer, SealUnavailableError, SheetFileChecker, SheetMaker
from juzhu.ports.sms import Receipt, Result, Sent, Sms, SmsGateway
from juzhu.ports.webhooks import WebhookCaller
from juzhu.wiring_channels import app_issuers as app_issuers
from juzhu.wiring_channels import hand_over_url as hand_over_url
from juzhu.wiring_channels import site_marks as site_marks
from juzhu.wiring_channels import site_url as site_url
from juzhu.wiring_channels import wechat as wechat
from juzhu.wiring_channels import wechat_callbacks as wechat_callbacks
from juzhu.wiring_channels import wechat_face as wechat_face
from juzhu.wiring_faces import accounts as accounts
from juzhu.wiring_faces import face as face
from juzhu.wiring_faces import face_kind as face_kind
from juzhu.wiring_faces import has_accounts as has_accounts
from juzhu.wiring_faces import live_face as live_face
from juzhu.wiring_faces import photographs as photographs


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
    return CountedDepartments(HttpDepartments(_gateway(settings.JUZHU.gateway_url)), outages.note)


@cache
def mail() -> Mail | None:
    """Return what carries letters to departments' contacts; None where no server is set."""
    env = settings.JUZHU
    return SmtpMail(env.mail_url, sender=env.mail_from) if env.mail_url else None


@cache
def sms() -> SmsNow:
    """Return what sends a short message at once by whoever carries now."""
    providers = sms_providers()
    return SmsNow(providers, carrier=lambda: receipts.carrier(list(providers)))


def sms_hand_over(gateway: SmsGateway, messages: Sequence[Sms]) -> list[Result]:
    """Send messages side by side; return what came of each, in their order."""
    return sms_bulk.hand_over(gateway, messages)


def sms_ask(gateway: SmsGateway, sent: Sequence[Sent]) -> list[Receipt | None]:
    """Ask what became of messages; None where the provider could not or did not say."""
    return sms_bulk.ask(gateway, sent)


def sms_arrived(gateway: SmsGateway) -> list[Receipt]:
    """Return the receipts that came over a provider's standing connection."""
    return sms_bulk.arrived(gateway)


@cache
def sms_providers() -> Mapping[str, SmsGateway]:
    """Return the providers by name, most preferred first; SmsFileError for an unusable file."""
    if settings.JUZHU.sms_providers_file:
        return read_providers(Path(settings.JUZHU.sms_providers_file))
    return {HttpSms.name: HttpSms(_gateway(settings.JUZHU.sms_url))}


@cache
def card_factory() -> CardFactory:
    """Return the card factory.

    Raises:
        FactoryUnavailableError: this deployment has none.

    """
    url = settings.JUZHU.card_factory_url
    if not url:
        raise FactoryUnavailableError("JUZHU_CARD_FACTORY_URL is not set")
    return HttpCardFactory(_gateway(url))


def legacy_permits() -> str:
    """Return the sandbox city's CSV of permits issued before this system."""
    return city_legacy.legacy_permits(settings.JUZHU.city_url)


@cache
def life_events() -> LifeEvents:
    """Return the feed of what the registers of persons tell by themselves."""
    return HttpLifeEvents(_gateway(settings.JUZHU.gateway_url))


@cache
def payment_gateways() -> Mapping[str, PaymentGateway]:
    """Return what takes money, by name, the preferred one first; none where none is set up.

    In a sandbox that is the city's cashier, which production does not let in.

    Raises:
        PaymentsFileError: the file that names them cannot be used.

    """
    env = settings.JUZHU
    if env.payments_file:
        return read_gateways(Path(env.payments_file))
    if env.production:
        return {}
    cashier = CityPayments(_gateway(env.city_url), url=env.city_url, secret=env.gateway_secret)
    return {cashier.name: cashier}


def payment_callback_url(gateway: str) -> str:
    """Return where a gateway reports payments."""
    return f"{settings.JUZHU.address}/pay/callbacks/{gateway}/"


def payment_return_url(order_number: str) -> str:
    """Return where a browser comes back to from a gateway."""
    return f"{settings.JUZHU.address}/pay/{order_number}/check/"


def payment_receipt(page: ReceiptPage) -> bytes:
    """Return a payment receipt as PDF."""
    return receipt_pdf(page, fonts=settings.JUZHU.sheet_fonts)


def pay_address(order_number: str) -> str:
    """Return the address at which a fee is paid, as a phone reaches it."""
    return f"{settings.JUZHU.address}/pay/{order_number}/"


def code_drawing(text: str) -> str:
    """Return a QR code for `text` as SVG."""
    return sheet_qr.drawing_of(sheet_qr.rows_of(text))


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
    env = settings.JUZHU
    folder = env.data_dir / FOLDER_NAME
    ensure_keys(folder, on=clock().now().date())
    issuer = env.sheet_issuer if env.production else TRIAL_ISSUER
    return CoseProofs(folder, list_uri=f"{env.address}/verify/status/", issuer=issuer)


@cache
def _trial_authority() -> Authority:
    return ensure_trial_authority(settings.JUZHU.data_dir / "seal")


@cache
def seal_files() -> SealFiles:
    """Return the files of the seal.

    Raises:
        SealUnavailableError: one cannot be read, or in production one is the trial's.

    """
    env = settings.JUZHU
    if env.seal == "trial":
        trial = _trial_authority()
        return SealFiles(certificate=trial.certificate, roots=(trial.root,))
    times = TimeStamps(env.seal_time_url, roots=env.seal_roots, crls=env.seal_crls)
    found = SealFiles(
        certificate=_named(env.seal_certificate),
        roots=env.seal_roots,
        chain=env.seal_chain,
        former=env.seal_former,
        picture=_named(env.seal_picture) if env.production else TRIAL_SEAL,
        times=times if env.seal_time_url else None,
    )
    if env.production:
        with _seal_trouble():
            found.refuse_trial()
    return found


@cache
def sealer() -> Sealer:
    """Return what carries the seal's key.

    Raises:
        SealUnavailableError: the seal's files or its device cannot be used.

    """
    env, files = settings.JUZHU, seal_files()
    with _seal_trouble():
        match env.seal:
            case "token":
                return Pkcs11Sealer(files.certificate, _token_key(), **files.beside_key())
            case "service":
                gateway = _gateway(env.seal_url)
                return RemoteSealer(gateway, files.certificate, **files.beside_key())
            case _:
                return LocalSealer(files.certificate, _seal_key(), **files.beside_key())


@contextmanager
def _seal_trouble() -> Iterator[None]:
    """Turn what is wrong with the seal's files into "not now": nothing unsealed may leave."""
    try:
        yield
    except (OSError, ValueError, TypeError) as error:
        raise SealUnavailableError(str(error)) from error


def _seal_key() -> Path:
    env = settings.JUZHU
    return _trial_authority().key if env.seal == "trial" else _named(env.seal_key_file)


def _token_key() -> TokenKey:
    env = settings.JUZHU
    return TokenKey(
        library=_named(env.seal_library),
        token=env.seal_token,
        pin=env.seal_pin,
        key=env.seal_key_label,
    )


def _named(path: Path | None) -> Path:
    assert path is not None, "the settings are complete, or no process starts"
    return path


@cache
def sheet_pages() -> TypstSheets:
    """Return what makes the page of a sheet.

    Raises:
        SealUnavailableError: the seal's picture or a font cannot be read.

    """
    with _seal_trouble():
        real = seal_files().picture if settings.JUZHU.production else None
        return TypstSheets(fonts=settings.JUZHU.sheet_fonts, seal=real)


@cache
def sheet_maker() -> SheetMaker:
    """Return what makes sealed sheets: many at a time where the key lies in a file.

    Raises:
        SealUnavailableError: the seal cannot be used.

    """
    files, of_file = seal_files(), settings.JUZHU.seal in ("trial", "file")
    if not of_file or files.times is not None:
        return SealedSheets(sheet_pages(), sealer())
    with _seal_trouble():
        return BulkSheets(
            sheet_pages(),
            sealer(),
            certificate=files.certificate,
            key=_seal_key(),
            chain=files.chain,
            picture=files.picture,
        )


def sheet_picture(pdf: bytes, *, hide: str, small: bool) -> bytes:
    """Return a sheet as JPEG or small WebP, the citizen number `hide` covered but for its ends."""
    return (preview.glance if small else preview.preview)(pdf, hide=hide)


@cache
def sheet_files() -> SheetFileChecker:
    """Return what examines files that claim to be sheets.

    Raises:
        SealUnavailableError: a certificate cannot be read.

    """
    files = seal_files()
    with _seal_trouble():
        return SheetFiles(
            seals=[files.certificate, *files.former], roots=files.roots, chain=files.chain
        )


@cache
def exchange_keys() -> ExchangeKeys:
    """Return what signs access tokens and answers of the exchange."""
    return FileExchangeKeys(settings.JUZHU.data_dir / EXCHANGE_FOLDER, on=clock().now().date())


@cache
def key_sets() -> KeySets:
    """Return what fetches the keys that partners publish."""
    return HttpKeySets(tls_only=settings.JUZHU.production)


def rotate_exchange_keys(*, leaked: bool) -> str:
    """Let the exchange's next key sign; return its id. A running exchange follows at once."""
    folder = settings.JUZHU.data_dir / EXCHANGE_FOLDER
    ensure_keys(folder, on=clock().now().date())
    return proof_keys.rotate(folder, on=clock().now().date(), leaked=leaked)


def exchange_url() -> str:
    """Return the address of the exchange as departments reach it, without a slash at its end."""
    return str(settings.JUZHU.exchange_address)


@cache
def webhooks() -> WebhookCaller:
    """Return what calls the addresses that partners have chosen; inwards in the sandbox only."""
    return HttpWebhooks(inside=not settings.JUZHU.production)


@cache
def ledger_keys() -> LedgerKeys:
    """Return what signs the ledger's seals."""
    return FileLedgerKeys(settings.JUZHU.data_dir / LEDGER_KEYS_FOLDER, on=clock().now().date())


@cache
def ledger_witness() -> LedgerWitness:
    """Return what remembers the ledger's seals outside the database."""
    return FileWitness(settings.JUZHU.data_dir / "ledger")
