"""The database's own speed: pgbench on the statements that Juzhu sends."""

import re
import subprocess
from pathlib import Path


def transactions_a_second(script: Path, *, clients: int, seconds: int) -> float:
    """Run `script` with as many clients; return transactions a second, none of them failed."""
    from django.conf import settings

    from juzhu.config.postgres_programs import binaries

    done = subprocess.run(
        [
            str(binaries() / "pgbench"),
            *("--no-vacuum", "--file", str(script), "--time", str(seconds)),
            *("--client", str(clients), "--jobs", "2", settings.JUZHU.database_url),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if (
        done.returncode != 0
        or found is None
        or "number of failed transactions: 0 " not in done.stdout
    ):
        raise RuntimeError(f"pgbench: {done.stdout}{done.stderr}")
    return float(found[1])
