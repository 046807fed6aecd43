"""`juzhu bench NAME`: measure, always beside the physical limit, in the same run."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from juzhu.cli import running

ROOT: Final = Path(__file__).resolve().parents[3]

app = typer.Typer(no_args_is_help=True, help="Measure, beside the physical limit.")


def _benchmark(name: str) -> Any:
    """Return a module of the repository's `bench/`, which an installed wheel does not carry."""
    if not (ROOT / "bench" / f"{name}.py").exists():
        running.fail("benchmarks run from a checkout of the repository, which has bench/.")
    sys.path.insert(0, str(ROOT))
    return import_module(f"bench.{name}")


def _print(title: str, rows: list[tuple[str, str]]) -> None:
    table = Table("", "measured", title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


@app.command()
def law() -> None:
    """Count decisions a second on one core, beside bare functions with eight findings."""
    found = _benchmark("law").run()
    _print(
        "law",
        [
            ("decisions a second, one core", f"{found.decisions:,.0f}"),
            ("limit: bare functions with eight findings", f"{found.limit:,.0f}"),
            ("share of the limit", f"{found.ratio:.0%}"),
        ],
    )


@app.command()
def decide(
    cases: Annotated[int, typer.Option(min=100, help="Applications at full speed.")] = 1500,
    rate_seconds: Annotated[int, typer.Option(min=5, help="Seconds at 20 a second.")] = 15,
    worker: Annotated[bool, typer.Option(help="Also deliver the messages meanwhile.")] = True,
) -> None:
    """Count cases a second from the button to in force, beside pgbench on the same SQL."""
    found = _benchmark("decide").run(cases=cases, rate_seconds=rate_seconds, worker=worker)
    _print(
        "decide",
        [
            ("cases a second, 16 clients", f"{found.cases_a_second:,.0f}"),
            ("p50 / p99 at full speed", f"{found.p50_ms:.0f} / {found.p99_ms:.0f} ms"),
            (
                "p50 / p99 at 20 a second",
                f"{found.p50_at_rate_ms:.0f} / {found.p99_at_rate_ms:.0f} ms",
            ),
            ("limit: pgbench, same SQL, 16 clients", f"{found.limit_a_second:,.0f}"),
            ("share of the limit", f"{found.ratio:.1%}"),
        ],
    )


@app.command()
def verify(
    permits: Annotated[int, typer.Option(min=2000, help="Size of the register.")] = 100_000,
    seconds: Annotated[int, typer.Option(min=2, help="Seconds of each measurement.")] = 10,
    workers: Annotated[int, typer.Option(min=1, help="Processes of the exchange.")] = 2,
) -> None:
    """Count verifications a second with token, receipt and ledger, beside pgbench, same SQL."""
    found = _benchmark("verify").run(permits=permits, seconds=seconds, workers=workers)
    single, batch, steady = found.single, found.batch, found.at_rate
    _print(
        f"verify, {found.filled}",
        [
            ("single calls a second, 64 callers", f"{single.a_second:,.0f}"),
            ("limit: pgbench, same SQL, 64 clients", f"{found.pgbench_single:,.0f}"),
            ("share of the limit", f"{single.a_second / found.pgbench_single:.0%}"),
            ("limit: bare read-only look-up", f"{found.pgbench_read_only:,.0f}"),
            ("share of that", f"{single.a_second / found.pgbench_read_only:.1%}"),
            ("p50 / p99 at full speed", f"{single.p50_ms:.0f} / {single.p99_ms:.0f} ms"),
            ("p50 / p99 at 500 a second", f"{steady.p50_ms:.1f} / {steady.p99_ms:.1f} ms"),
            ("batches of 1,000 a second, 4 callers", f"{batch.a_second:,.1f}"),
            ("limit: pgbench, same SQL, 4 clients", f"{found.pgbench_batch:,.1f}"),
            ("share of the limit", f"{batch.a_second / found.pgbench_batch:.0%}"),
            ("p50 / p99 of a batch", f"{batch.p50_ms:.0f} / {batch.p99_ms:.0f} ms"),
            ("processors the load itself took", f"{single.cpu_seconds / single.seconds:.2f}"),
            ("ledger rows written", f"{found.ledger_rows:,}"),
        ],
    )


@app.command()
def sheet() -> None:
    """Count information sheets a second on one core: whole, page, seal, and the bulk lane."""
    found = _benchmark("sheet").run()
    _print(
        "sheet",
        [
            ("sheets a second: token, QR, page, seal", f"{found.whole:,.1f}"),
            ("the page alone", f"{found.page:,.0f}"),
            ("the seal alone", f"{found.seal:,.0f}"),
            ("bulk lane, whole", f"{found.bulk:,.0f}"),
            ("files examined a second", f"{found.checks:,.0f}"),
            ("previews a second", f"{found.previews:,.0f}"),
            ("limit: an empty page by the same compiler", f"{found.empty_pages:,.0f}"),
            ("limit: bare ECDSA P-256 signatures", f"{found.signatures:,.0f}"),
            ("peak memory", f"{found.peak_mib:,.0f} MiB"),
        ],
    )


@app.command()
def face() -> None:
    """Time the local face check on one core, beside the bare networks."""
    found = _benchmark("face").run()
    _print(
        "face",
        [
            ("a frame looked at", f"{found.frame_ms:.1f} ms"),
            ("floor: the networks alone", f"{found.floor_ms:.1f} ms"),
            ("a frame looked at and compared", f"{found.compared_ms:.1f} ms"),
            ("floor: the networks alone", f"{found.compared_floor_ms:.1f} ms"),
            ("sign-ins a second, one core", f"{found.sign_ins:.1f}"),
            ("peak memory", f"{found.peak_mib:,.0f} MiB"),
        ],
    )


@app.command("verify-file")
def verify_file(
    seconds: Annotated[int, typer.Option(min=2, help="Seconds at 10 files a second.")] = 30,
) -> None:
    """Time the public check of a sheet's PDF over HTTP, beside the same upload turned away."""
    found = _benchmark("verify_file").run(seconds=seconds)
    _print(
        "verify-file",
        [
            (
                f"p50 / p99 of a check, {found.checks:,} at 10 a second",
                f"{found.checked.p50_ms:.0f} / {found.checked.p99_ms:.0f} ms",
            ),
            (
                "floor: as many bytes that are no PDF",
                f"{found.floor.p50_ms:.0f} / {found.floor.p99_ms:.0f} ms",
            ),
            ("of it the examination, processor time", f"{found.examined_ms:.1f} ms"),
            ("a sheet", f"{found.kilobytes:,.0f} kB"),
        ],
    )


@app.command()
def load(
    rows: Annotated[int, typer.Option(min=1000, help="Rows of the file.")] = 200_000,
    processes: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 2,
) -> None:
    """Count rows a second that a legacy file takes, beside COPY of the same rows."""
    found = _benchmark("load").run(rows=rows, processes=processes)
    _print(
        "load",
        [
            (f"rows a second, {found.rows:,} rows", f"{found.rows_a_second:,.0f}"),
            ("limit: COPY of what was written", f"{found.copy_a_second:,.0f}"),
            ("times as long as that", f"{found.times_the_limit:.2f}"),
            ("limit: COPY, indexes built afterwards", f"{found.bare_a_second:,.0f}"),
            ("times as long as that", f"{found.times_bare:.2f}"),
            ("processor time of a row: ours", f"{found.ours_us:.1f} us"),
            ("processor time of a row: database", f"{found.database_us:.1f} us"),
            ("peak memory of a process", f"{found.peak_mib:,.0f} MiB"),
            ("on disk", f"{found.disk_bytes / 1e9:,.2f} GB"),
        ],
    )


@app.command()
def ledger(
    rows: Annotated[int, typer.Option(min=1000, help="Entries in the ledger.")] = 1_000_000,
    seconds: Annotated[int, typer.Option(min=1, help="Seconds for each measurement.")] = 5,
) -> None:
    """Count entries a second as the ledger grows, sealing and checking, beside pgbench."""
    found = _benchmark("ledger").run(rows=rows, seconds=seconds)
    for size in found.sizes:
        _print(
            f"ledger with {size.rows:,} entries",
            [
                ("limit: pgbench, one INSERT each, a plain table", f"{size.plain:,.0f}/s"),
                ("pgbench, one INSERT each, the ledger", f"{size.single:,.0f}/s"),
                ("the same while it is being sealed", f"{size.single_while_sealing:,.0f}/s"),
                ("entries in batches of 1,000, one client", f"{size.batch:,.0f}/s"),
                (
                    "page of somebody with many looks: newest, old",
                    f"{size.page_ms:.1f}, {size.deep_page_ms:.1f} ms",
                ),
            ],
        )
    _print(
        "ledger, whole",
        [
            ("filling by COPY", f"{found.copy:,.0f} entries/s"),
            ("sealing", f"{found.sealed:,.0f} entries/s"),
            ("checking, hashed outside the database", f"{found.verified:,.0f} entries/s"),
            ("on disk, indexes included", f"{found.bytes_a_row:,.0f} bytes an entry"),
        ],
    )


@app.command()
def roll(
    permits: Annotated[int, typer.Option(min=1000, help="Permits in the register.")] = 100_000,
    processes: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 2,
) -> None:
    """Do one busy night over the whole register, beside the same night in bare SQL."""
    found = _benchmark("roll").run(permits=permits, processes=processes)
    _print(
        f"roll: {found.filled}",
        [
            ("seconds, the whole night", f"{found.seconds:,.1f}"),
            ("messages written, lapses and ends recorded", f"{found.messages:,}, {found.events:,}"),
            ("limit: the same in bare SQL, seconds", f"{found.floor_seconds:,.1f}"),
            ("the same command again: start-up, seconds", f"{found.again_seconds:,.1f}"),
            ("times as long as the limit, without start-up", f"{found.times_the_limit:.2f}"),
            ("peak memory of a process of ours", f"{found.peak_mib:,.0f} MiB"),
            ("peak memory of its own of a database process", f"{found.backend_mib:,.0f} MiB"),
        ],
    )


@app.command()
def feed(
    permits: Annotated[int, typer.Option(min=1000, help="Size of the register.")] = 100_000,
) -> None:
    """Tell a month of the calendar, read it as a department, poll, beside bare statements."""
    found = _benchmark("feed").run(permits=permits)
    _print(
        f"feed, {found.permits:,} permits, {found.events:,} events of a month",
        [
            ("written and placed", f"{found.told:.2f} s, {found.events / found.told:,.0f}/s"),
            ("floor: two bare statements, same rows", f"{found.floor:.2f} s"),
            ("times the floor", f"{found.told / found.floor:.1f}"),
            ("people a department newly knows, taken in", f"{found.met:,.0f}/s"),
            ("a department is led through", f"{found.passed:,.0f} events/s"),
            ("and is told, with ledger", f"{found.read:,.0f} events/s"),
            (
                "a call with nothing new, its bare look-ups",
                f"{found.poll_ms:.1f}, {found.look_ms:.1f} ms",
            ),
            (
                "issuing a permit, without its event",
                f"{found.issue_ms:.2f}, {found.issue_untold_ms:.2f} ms",
            ),
        ],
    )


@app.command()
def notices(
    messages: Annotated[int, typer.Option(min=100, help="Messages due at once.")] = 10_000,
    seconds: Annotated[float, typer.Option(min=1, help="Hand over for so long at most.")] = 60.0,
) -> None:
    """Hand messages over to a gateway that answers in 20 ms, beside a bare HTTP client."""
    found = _benchmark("notices").run(messages=messages, seconds=seconds)
    _print(
        f"notices, {found.messages:,} messages, one worker",
        [
            ("written in bulk", f"{found.written:,.0f}/s"),
            ("claimed, looked at once more, handed over, noted", f"{found.handed_over:,.0f}/s"),
            ("limit: a bare client with as many requests under way", f"{found.floor:,.0f}/s"),
            ("share of the limit", f"{found.handed_over / found.floor:.0%}"),
            ("handed over; slowest tenth of the time", f"{found.done:,}; {found.slowest:,.0f}/s"),
            (
                "latest deadline handed over, earliest left",
                f"{found.last_done}, {found.first_left}",
            ),
            ("peak memory", f"{found.peak_mib:,.0f} MiB"),
        ],
    )
