"""`juzhu audit`: check the ledger, seal it, hand out its seals, change the signing key."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import Progress

from juzhu.adapters.ledger_keys import LEDGER_KEYS_FOLDER
from juzhu.adapters.ledger_witness import WitnessError, read_marks
from juzhu.adapters.proof_keys import KeyRing, KeyRingError, key_set, rotate
from juzhu.cli import running
from juzhu.cli.days import DAY
from juzhu.domain.calendar import ONE_DAY
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.ledger import LedgerKeysError

WRONG: Final = 1
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Check and seal the ledger (台账).",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@contextmanager
def _juzhu() -> Iterator[Callable[[str], Any]]:
    """Have the database running and Django loaded; yield what imports modules of ours."""
    env = running.prepared()
    with running.database(env):
        running.start_django()
        yield lambda name: import_module(f"juzhu.{name}")


@app.command()
def verify(
    first: Annotated[date | None, typer.Option("--from", help="Sealed on or after.", **DAY)] = None,
    last: Annotated[date | None, typer.Option("--to", help="Sealed on or before.", **DAY)] = None,
    against: Annotated[
        Path | None, typer.Option(help="Seals kept elsewhere, made by `juzhu audit export`.")
    ] = None,
) -> None:
    """Check every entry against its seal, the seals against each other and against copies.

    Exit code 1 when anything is wrong: an entry changed, deleted or inserted, a seal altered,
    missing or moved, the end cut off.
    """
    console, faults = Console(highlight=False, soft_wrap=True), 0

    def found(fault: Any) -> None:
        nonlocal faults
        faults += 1
        place = f"seal {fault.seal}" if fault.seal else "ledger"
        console.print(f"{fault.kind.value}: {place}: {fault.detail}", markup=False)

    span = {
        "since": _midnight(first) if first else None,
        "until": _midnight(last + ONE_DAY) if last else None,
    }
    try:
        if against:
            deque(read_marks(against), maxlen=0)  # a damaged copy is refused before the long check
        with _juzhu() as ours, _progress(console, ours("modules.audit.seals"), **span) as told:
            copies = read_marks(against) if against else ()
            started = time.perf_counter()
            done = ours("journeys.ledger").verify(found=found, told=told, copies=copies, **span)
            seconds = time.perf_counter() - started
    except (OSError, WitnessError, LedgerKeysError) as error:
        running.fail(f"the ledger cannot be checked: {error}", code=2)
    console.print(
        f"{done.entries} entries under {done.seals} seals in {seconds:.1f} s"
        f" ({done.entries / seconds:,.0f} a second), {done.unsealed} not sealed yet,"
        f" {faults} faults"
    )
    raise SystemExit(WRONG if faults else 0)


@contextmanager
def _progress(
    console: Console, queries: Any, *, since: datetime | None, until: datetime | None
) -> Iterator[Callable[[Any], None]]:
    """Show how far the check has come, by numbers of entries, where there is a terminal."""
    begin, end = queries.numbers_sealed(since=since, until=until)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("checking", total=end - begin)
        yield lambda seal: progress.update(task, completed=seal.upto_id - begin)


@app.command()
def seal() -> None:
    """Seal now what has been written; workers do so every five seconds."""
    with _juzhu() as ours:
        try:
            made = ours("journeys.ledger").seal(at=ours("wiring").clock().now())
        except (OSError, LedgerKeysError) as error:
            running.fail(f"the ledger cannot be sealed: {error}")
        last = ours("modules.audit.seals").last_seal()
    print(f"{sum(new.entries for new in made)} entries sealed by {len(made)} seals")
    if last is not None:
        print(f"newest seal: {last.number} {last.hash.hex()}")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="One JSON line for each seal.")],
    first: Annotated[date | None, typer.Option("--from", help="Sealed on or after.", **DAY)] = None,
) -> None:
    """Write the seals to FILE, to be kept elsewhere: it proves the ledger up to its last line.

    The public keys that check their signatures go to FILE.keys.json, as a JSON Web Key Set.
    """
    since = _midnight(first) if first else None
    keys = file.with_name(f"{file.name}.keys.json")
    count = 0
    try:
        with _juzhu() as ours, file.open("w", encoding="utf-8") as out:
            for found in ours("modules.audit.seals").seals(since=since, until=None, batch=2000):
                out.write(json.dumps(_line(found)) + "\n")
                count += 1
        keys.write_text(json.dumps(_public_keys()), encoding="utf-8")
    except OSError as error:
        running.fail(f"{error.filename or file} cannot be written: {error.strerror}.")
    print(f"{count} seals written to {file}, the public keys to {keys}")


def _public_keys() -> dict[str, object]:
    folder = running.environment().data_dir / LEDGER_KEYS_FOLDER
    try:
        return key_set(KeyRing(folder).public())
    except KeyRingError as error:
        running.fail(str(error))


def _line(found: Any) -> dict[str, object]:
    return {
        "number": found.number,
        "after": found.after_id,
        "upto": found.upto_id,
        "entries": found.entries,
        "digest": found.digest.hex(),
        "sealed_at": found.sealed_at.isoformat(),
        "previous": found.previous.hex(),
        "hash": found.hash.hex(),
        "key": found.key_id.hex(),
        "signature": found.signature.hex(),
    }


@app.command(name="rotate-key")
def rotate_key(
    on: Annotated[date, typer.Option(help="Today.", **DAY)],
) -> None:
    """Sign with a new key from now on; past seals stay good by the old key's public part."""
    env = running.prepared()
    try:
        print(f"signing with key {rotate(env.data_dir / LEDGER_KEYS_FOLDER, on=on)}")
    except KeyRingError as error:
        running.fail(str(error))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHENZHEN)
