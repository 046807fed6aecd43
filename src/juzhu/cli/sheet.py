"""`juzhu sheet`: check an information sheet without a network, and look after the signing keys."""

import json
import sys
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from juzhu.adapters.clock_system import SystemClock
from juzhu.adapters.proof_cose import TRIAL_ISSUER, ReadToken, read_token
from juzhu.adapters.proof_keys import (
    FILE_NAME,
    FOLDER_NAME,
    KeyRing,
    KeyRingError,
    PublicKeys,
    UnknownKeyError,
    ensure_keys,
    key_set,
    read_key_set,
    rotate,
)
from juzhu.adapters.proof_picture import LARGEST_FILE, token_in_file, token_in_text
from juzhu.adapters.proof_status import CLOCKS_DIFFER, Listed, read_status_list
from juzhu.cli.sheet_bulk import bulk
from juzhu.domain.sheet import grouped
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.proofs import ProofError
from juzhu.ports.sheets import FileProblem

app = typer.Typer(
    help="Check an information sheet (居住证信息单) without a network; look after the keys.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.command()(bulk)

_WRONG_USE: Final = 2
_STATES: Final = {
    "valid": "valid (有效)",
    "suspended": "suspended (使用功能中止)",
    "cancelled": "cancelled (注销)",
    "withdrawn": "the sheet was withdrawn (信息单已作废)",
}
_UNITS: Final = ((86_400, "days"), (3_600, "hours"), (60, "minutes"))


class Verdict(StrEnum):
    """What is to be made of a sheet."""

    TRUE = "true"  # what it says was true when it was made, and nothing known speaks against it
    CHANGED = "changed"  # true then, but the permit's state is another one by now
    WITHDRAWN = "withdrawn"  # the holder or the authority took the sheet back
    UNKNOWN = "unknown"  # an unknown key, no code to read, or a status list that says nothing
    DAMAGED = "damaged"  # altered, or never ours


_SENTENCES: Final = {
    Verdict.TRUE: "this is a genuine sheet.",
    Verdict.CHANGED: "a genuine sheet, but the permit's state has changed since.",
    Verdict.WITHDRAWN: "a genuine sheet that was withdrawn. Do not accept it.",
    Verdict.UNKNOWN: "this could not be settled. Do not accept it unless it can be.",
    Verdict.DAMAGED: "this is not a sheet as it was made. Do not accept it.",
}


_SEALS: Final = {
    FileProblem.TOO_LARGE: "The file is larger than any sheet.",
    FileProblem.DAMAGED: "The file is broken or locked.",
    FileProblem.UNSIGNED: "The file bears no seal: saved anew, printed to a file, or never ours.",
    FileProblem.OTHER_SIGNER: "The file is sealed, but not by this seal.",
    FileProblem.CHANGED: "The file was changed after it was sealed.",
}


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one check.

    Attributes:
        verdict: in a word.
        problem: in a sentence, "" when there is none.
        token: what the sheet says, None when it could not be verified.
        now: what the status list says, None without one.
        as_of: when that was so.
        seal: "intact", what is wrong with a PDF's seal, or "" when it was not examined.

    """

    verdict: Verdict
    problem: str = ""
    token: ReadToken | None = None
    now: Listed | None = None
    as_of: datetime | None = None
    seal: str = ""


Certificates = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Certificates (PEM), to examine a PDF's seal: repeat it."),
]


@app.command()
def verify(
    sheet: Annotated[
        str,
        typer.Argument(
            metavar="FILE|TOKEN",
            help="The sheet's PDF, a photograph of it (PNG, JPEG), or the digits or address of "
            "its QR as text; - reads the text in.",
        ),
    ],
    *,
    keys: Annotated[Path, typer.Option(metavar="FILE", help="The published keys (JSON).")],
    status_list: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The status list, to learn the state by now too."),
    ] = None,
    seal: Certificates = None,
    root: Certificates = None,
    at: Annotated[
        str, typer.Option(metavar="TIME", help="Take this for now, as 2026-11-24T09:30+08:00.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a sheet proves: what was true when it was made, and how long ago that is.

    Exit code 0: what the sheet says is true; note that a true sheet may say "suspended". 1: not
    true, changed since, withdrawn, or not known. 2: wrong use.
    """
    now = _instant(at)
    try:
        known = read_key_set(_read(keys, "--keys"))
    except ProofError as error:
        _refuse(f"--keys {keys}: {error}")
    listed = _read(status_list, "--status-list") if status_list else None
    source = _source(sheet)
    report = _checked(source, known, listed, now)
    if isinstance(source, bytes) and seal:
        report = _with_seal(report, source, seal, root or seal)
    if as_json:
        print(json.dumps(_document(report, now), ensure_ascii=False, indent=2))
    else:
        _show(report, now)
    raise typer.Exit(0 if report.verdict is Verdict.TRUE else 1)


Folder = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help=f"Folder of the keys; else {FOLDER_NAME} in the data's."),
]


@app.command()
def rotate_key(
    *,
    folder: Folder = None,
    leaked: Annotated[
        bool, typer.Option("--leaked", help="Withdraw the old keys: their sheets prove nothing.")
    ] = False,
) -> None:
    """Sign with the next key from now on; the first time, make the keys.

    The old public key stays published, so that sheets in people's hands still verify.
    """
    place, on = _folder(folder), SystemClock().now().date()
    try:
        ring = KeyRing(place)
        if not (place / FILE_NAME).exists():
            ensure_keys(place, on=on)
            print(f"The first keys are made. Key {ring.current().kid.hex()} signs.")
            return
        print(f"Key {rotate(place, on=on, leaked=leaked)} signs from now on.")
    except (KeyRingError, OSError) as error:
        _refuse(str(error))
    if leaked:
        print("The old keys are withdrawn: sheets and status lists they signed are void.")


@app.command("keys")
def show_keys(*, folder: Folder = None) -> None:
    """Print the public keys, as they are published for checkers."""
    try:
        print(json.dumps(key_set(KeyRing(_folder(folder)).public()), indent=2))
    except KeyRingError as error:
        _refuse(str(error))


# --- checking ------------------------------------------------------------------------------------


def _checked(source: str | bytes, known: PublicKeys, listed: bytes | None, now: datetime) -> Report:
    if isinstance(source, bytes):
        try:
            source = token_in_file(source)
        except ProofError as error:
            return Report(Verdict.UNKNOWN, str(error))
    try:
        token = read_token(source, known)
    except UnknownKeyError as error:
        return Report(Verdict.UNKNOWN, str(error))
    except ProofError as error:
        return Report(Verdict.DAMAGED, str(error))
    if token.claims.made_at > now + CLOCKS_DIFFER:
        problem = "The sheet is from the future: check this machine's clock."
        return Report(Verdict.UNKNOWN, problem, token)
    if listed is None:
        return Report(Verdict.TRUE, "", token)
    return _by_list(token, known, listed, now)


def _by_list(token: ReadToken, known: PublicKeys, listed: bytes, now: datetime) -> Report:
    """Compare with the status list. An expired one still says what was so, but not what is so."""
    try:
        found = read_status_list(listed, known)
        if found.uri != token.status_uri:
            raise ProofError(f"The list is another one: this sheet is in {token.status_uri}.")
        state = found.at(token.claims.list_index)
    except ProofError as error:
        return Report(Verdict.UNKNOWN, str(error), token)
    if found.made_at < token.claims.made_at:
        return Report(Verdict.TRUE, "The sheet is newer than the status list.", token)
    doubt = found.doubt(now)
    return Report(_verdict(token, state, doubt), doubt, token, state, found.made_at)


def _verdict(token: ReadToken, state: Listed, doubt: str) -> Verdict:
    if state is Listed.WITHDRAWN:
        return Verdict.WITHDRAWN
    if state != token.claims.standing.value:
        return Verdict.CHANGED
    return Verdict.UNKNOWN if doubt else Verdict.TRUE


def _with_seal(report: Report, file: bytes, seals: list[Path], roots: list[Path]) -> Report:
    """Examine the seal of a PDF too. A changed file is no sheet of ours, whatever its code says."""
    from juzhu.adapters.sheet_file import SheetFiles  # noqa: PLC0415  # large; for PDFs only

    try:
        problem = SheetFiles(seals=seals, roots=roots).examine(file).problem
    except (OSError, ValueError, TypeError):
        _refuse("--seal, --root: one of the files is not a certificate of a seal (PEM).")
    if problem is None:
        return replace(report, seal="intact")
    if problem is FileProblem.NOT_PDF:
        return report
    return replace(report, verdict=Verdict.DAMAGED, problem=_SEALS[problem], seal=problem.value)


# --- printing ------------------------------------------------------------------------------------


def _show(report: Report, now: datetime) -> None:
    print(f"{report.verdict.upper()}: {_SENTENCES[report.verdict]}")
    if report.problem:
        print(report.problem)
    if report.seal == "intact":
        print("The file is as it was sealed, to the last byte.")
    if report.token is None:
        return
    if report.token.issuer == TRIAL_ISSUER:
        print("A trial's sheet (样章测试): it proves nothing about anybody.")
    claims = report.token.claims
    print(
        f"\nSigned at {_time(claims.made_at)}, {_age(claims.made_at, now)}. Compare with the paper:"
    )
    for name, value in (
        ("name", claims.name),
        ("number", claims.id_mask),
        ("state then", _STATES[claims.standing]),
        ("valid through", claims.valid_through.isoformat()),
        ("purpose", claims.purpose),
        ("check code", grouped(claims.check_code)),
    ):
        print(f"  {name:<14} {value}")
    if report.now is not None and report.as_of is not None:
        print(f"\nAs of {_time(report.as_of)}: {_STATES[report.now]}.")
    else:
        print("\nWhat became of it since is not known: that takes a status list.")


def _document(report: Report, now: datetime) -> dict[str, object]:
    document: dict[str, object] = {"verdict": report.verdict.value, "problem": report.problem}
    if report.token is not None:
        token, claims = report.token, report.token.claims
        document["sheet"] = {
            "check_code": claims.check_code,
            "name": claims.name,
            "id_mask": claims.id_mask,
            "standing": claims.standing.value,
            "valid_through": claims.valid_through.isoformat(),
            "purpose": claims.purpose,
            "made_at": claims.made_at.isoformat(),
            "photo_digest": claims.photo_digest.hex(),
            "status_uri": token.status_uri,
            "status_index": claims.list_index,
        }
        document["trial"] = token.issuer == TRIAL_ISSUER
        document["key"] = token.kid.hex()
        document["age_seconds"] = int((now - claims.made_at).total_seconds())
    if report.seal:
        document["seal"] = report.seal
    if report.now is not None and report.as_of is not None:
        document["since"] = {"state": report.now.value, "as_of": report.as_of.isoformat()}
    return document


def _time(instant: datetime) -> str:
    return f"{instant.astimezone(SHENZHEN):%Y-%m-%d %H:%M:%S} (+08:00)"


def _age(instant: datetime, now: datetime) -> str:
    seconds = max(0, int((now - instant).total_seconds()))
    for size, unit in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} ago"
    return "just now"


# --- what was given ------------------------------------------------------------------------------


def _source(given: str) -> str | bytes:
    """Return a token's digits, or the bytes of a file."""
    if given == "-":
        return sys.stdin.buffer.read(LARGEST_FILE + 1)
    return token_in_text(given) or _read(Path(given), "FILE")


def _read(path: Path, option: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file's name"
        _refuse(f"{option}: {str(path)[:80]} cannot be read: {reason}.")


def _instant(text: str) -> datetime:
    if not text:
        return SystemClock().now()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        _refuse(f"--at: {text} is not a time as 2026-11-24T09:30+08:00.")
    return instant if instant.tzinfo else instant.replace(tzinfo=SHENZHEN)


def _folder(given: Path | None) -> Path:
    if given is not None:
        return given
    from juzhu.config.env import Env  # noqa: PLC0415  # checking needs no settings
    from juzhu.config.parse import EnvError  # noqa: PLC0415

    try:
        return Env.load().data_dir / FOLDER_NAME
    except EnvError as error:
        _refuse(str(error))


def _refuse(sentence: str) -> NoReturn:
    print(f"juzhu sheet: {sentence}", file=sys.stderr)
    raise typer.Exit(_WRONG_USE)


if __name__ == "__main__":
    app()
