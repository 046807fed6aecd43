"""A sheet's content, a seal of one's own, and the outside programs that check what comes out."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from juzhu.adapters.seal_local import Authority, LocalSealer, ensure_trial_authority
from juzhu.adapters.sheet_file import SheetFiles
from juzhu.adapters.sheet_typst import TypstSheets
from juzhu.domain.sheet import SheetContent, Standing
from tests.adapters.sheets.reading import program

Changed = Callable[..., SheetContent]
Run = Callable[..., str]


@pytest.fixture(scope="session")
def photo() -> bytes:
    """Return a drawing with a photograph's measures."""
    picture = Image.new("RGB", (358, 441), (236, 240, 244))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((104, 90, 254, 270), fill=(214, 190, 170))
    draw.ellipse((40, 290, 318, 600), fill=(70, 90, 120))
    into = BytesIO()
    picture.save(into, "JPEG", quality=88)
    return into.getvalue()


@pytest.fixture(scope="session")
def content(photo: bytes) -> SheetContent:
    return SheetContent(
        number="XX20261123000731",
        check_code="7K2M93QD5TXA",
        name="陈小明",
        sex="男",
        ethnic_group="汉",
        birth_date=date(1990, 3, 7),
        id_number="430102199003070018",
        photo=photo,
        address="深圳市福田区莲花街道示例花园3栋1204",
        permit_number="4403002025AB12CD18",
        first_issued_on=date(2025, 1, 10),
        last_endorsed_on=date(2026, 1, 9),
        valid_through=date(2027, 1, 9),
        standing=Standing.VALID,
        since=None,
        window_opens=date(2026, 11, 11),
        window_closes=date(2027, 1, 9),
        purpose="子女入学",
        made_at=datetime(2026, 11, 23, 1, 20, 31, tzinfo=UTC),
        verify_url="https://jzz.example.gov.cn/v",
        token="1" + "9384756102" * 41,
    )


@pytest.fixture(scope="session")
def changed(content: SheetContent) -> Changed:
    """Return a function that makes another content of it."""
    return lambda **fields: replace(content, **fields)


@pytest.fixture(scope="session")
def suspended(changed: Changed) -> SheetContent:
    return changed(standing=Standing.SUSPENDED, since=date(2026, 1, 10), last_endorsed_on=None)


@pytest.fixture(scope="session")
def cancelled(changed: Changed) -> SheetContent:
    return changed(
        standing=Standing.CANCELLED,
        since=date(2026, 3, 1),
        window_opens=None,
        window_closes=None,
        address="",
        photo=None,
    )


@pytest.fixture(scope="session")
def sheets() -> TypstSheets:
    return TypstSheets()


@pytest.fixture(scope="session")
def page(sheets: TypstSheets, content: SheetContent) -> bytes:
    return sheets.render(content)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return ensure_trial_authority(tmp_path_factory.mktemp("seal") / "authority")


@pytest.fixture(scope="session")
def sealer(authority: Authority) -> LocalSealer:
    return LocalSealer(authority.certificate, authority.key)


@pytest.fixture(scope="session")
def sealed(sealer: LocalSealer, page: bytes) -> bytes:
    return sealer.seal(page)


@pytest.fixture(scope="session")
def files(authority: Authority) -> SheetFiles:
    return SheetFiles(seals=[authority.certificate], roots=[authority.root])


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    """Return an NSS folder in which the trial's root is trusted."""
    certutil = program("certutil", "libnss3-tools")
    folder = tmp_path_factory.mktemp("nss")
    for arguments in (
        ["-N", "--empty-password"],
        ["-A", "-n", "root", "-t", "C,C,C", "-i", str(authority.root)],
    ):
        subprocess.run([certutil, "-d", f"sql:{folder}", *arguments], check=True)
    return folder


@pytest.fixture
def pdfsig(trusted: Path, tmp_path: Path) -> Run:
    """Return a function that gives what poppler says about a file's signature."""
    path = program("pdfsig", "poppler-utils")

    def run(file: bytes) -> str:
        (tmp_path / "file.pdf").write_bytes(file)
        done = subprocess.run(
            [path, "-nssdir", f"sql:{trusted}", str(tmp_path / "file.pdf")],
            capture_output=True,
            check=False,
        )
        return done.stdout.decode(errors="replace")  # a damaged name is no UTF-8

    return run


@pytest.fixture
def qpdf(tmp_path: Path) -> Run:
    """Return a function that runs qpdf on a file."""
    path = program("qpdf", "qpdf")

    def run(file: bytes, *arguments: str) -> str:
        (tmp_path / "file.pdf").write_bytes(file)
        done = subprocess.run(
            [path, *arguments, str(tmp_path / "file.pdf")],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
