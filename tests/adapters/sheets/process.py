"""The seal service and the time-stamp authority of somebody else, as a process of their own.

Run as `python -m tests.adapters.sheets.process FOLDER SECRET`: FOLDER holds the files of an
`Authority`. It prints its address and answers `/seal/sign`, `/time`, and `/control`.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from tests.adapters.sheets.authorities import answer_time
from tests.adapters.sheets.servers import SealService, serving

ROOT = Path(__file__).parents[3]


class Services:
    """The running process, as a test steers it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def set(self, **fields: object) -> None:
        """Let them fail (`status=500`) or hesitate (`delay=3`)."""
        with urlopen(Request(f"{self.url}/control", json.dumps(fields).encode())):
            pass

    def signed(self) -> int:
        """Return how many signatures were asked for."""
        with urlopen(Request(f"{self.url}/control", b"{}")) as answer:
            return int(json.load(answer)["signed"])


@contextmanager
def running(folder: Path, secret: str) -> Iterator[Services]:
    """Start the process and end it again."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(folder), secret],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Services(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(5)
        process.stdout.close()


def _serve(folder: Path, secret: str) -> None:
    key = serialization.load_pem_private_key((folder / "seal.key").read_bytes(), password=None)
    read = x509.load_pem_x509_certificate((folder / "seal.crt").read_bytes())
    seal = SealService(secret, key, read.fingerprint(hashes.SHA256()).hex())

    def answer(
        path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if path == "/control":
            for name, value in json.loads(body).items():
                setattr(seal, name, value)
            return 200, {}, json.dumps({"signed": len(seal.seen)}).encode()
        if path == "/time":
            return answer_time(folder, body) if seal.status == 200 else (seal.status, {}, b"")
        return seal(path, headers, body)

    with serving(answer) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), sys.argv[2])
