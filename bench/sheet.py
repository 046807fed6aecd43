"""Sheets a second on one core: page, seal, both with token and code, and the bulk lane.

Time is that of the processor, so that others on the machine do not count. Each figure is the best
of several rounds, and the files of the last round are examined: a speed for sheets that do not
hold would be no speed.
"""

import resource
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from itertools import count
from pathlib import Path
from time import process_time
from typing import Final, NamedTuple

import typst
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image, ImageDraw

from juzhu.adapters.preview import preview
from juzhu.adapters.proof_cose import CoseProofs
from juzhu.adapters.proof_keys import ensure_keys
from juzhu.adapters.seal_local import LocalSealer, ensure_trial_authority
from juzhu.adapters.sheet_bulk import BulkSheets
from juzhu.adapters.sheet_file import SheetFiles
from juzhu.adapters.sheet_typst import TypstSheets
from juzhu.domain.sheet import SheetContent, Standing
from juzhu.ports.proofs import SheetClaims

ROUNDS: Final = 5
PAGES: Final = 40
BULK: Final = 300
ID_NUMBER: Final = "430102199003070018"


class Result(NamedTuple):
    """A second's worth of each, on one core.

    Attributes:
        whole: token, code, page and seal.
        page: page alone, its code included.
        seal: seal alone.
        bulk: whole sheets in the bulk lane, token included.
        checks: sealed files examined.
        previews: pictures of sheets at 120 dpi.
        empty_pages: limit of the page: typst on a page with one letter.
        signatures: limit of the seal: bare ECDSA over a digest.
        peak_mib: most memory the process held.

    """

    whole: float
    page: float
    seal: float
    bulk: float
    checks: float
    previews: float
    empty_pages: float
    signatures: float
    peak_mib: float


def run(*, rounds: int = ROUNDS) -> Result:
    """Measure in a folder of its own, which is removed."""
    with tempfile.TemporaryDirectory(prefix="juzhu-bench-") as place:
        work = _Work(Path(place))
        sealed = work.whole()
        page = work.page()
        found = Result(
            whole=_best(work.whole, PAGES, rounds),
            page=_best(work.page, PAGES, rounds),
            seal=_best(lambda: work.sealer.seal(page), PAGES, rounds),
            bulk=_best(work.in_bulk, BULK, rounds),
            checks=_best(lambda: work.files.examine(sealed), PAGES, rounds),
            previews=_best(lambda: preview(sealed, hide=ID_NUMBER), PAGES, rounds),
            empty_pages=_best(_empty_page(), PAGES * 5, rounds),
            signatures=_best(_signature(), 2000, rounds),
            peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )
        for file in (work.whole(), work.in_bulk()):
            if work.files.examine(file).problem is not None:
                raise RuntimeError("a measured sheet does not hold")
        return found


def _best(work: Callable[[], object], times: int, rounds: int) -> float:
    """Return how often a second the processor does the work, in its best round."""
    work()
    taken = []
    for _ in range(rounds):
        start = process_time()
        for _ in range(times):
            work()
        taken.append(process_time() - start)
    return times / min(taken)


class _Work:
    """Everything a sheet needs; each sheet is another person's."""

    def __init__(self, folder: Path) -> None:
        authority = ensure_trial_authority(folder / "seal")
        ensure_keys(folder / "proofs", on=date(2026, 11, 1))
        self._proofs = CoseProofs(folder / "proofs", list_uri="https://jzz.example.gov.cn/s/")
        self._sheets = TypstSheets()
        self.sealer = LocalSealer(authority.certificate, authority.key)
        self.files = SheetFiles(seals=[authority.certificate], roots=[authority.root])
        self._bulk = BulkSheets(
            self._sheets, self.sealer, certificate=authority.certificate, key=authority.key
        )
        self._content = _content()
        self._numbers = count(1)

    def page(self) -> bytes:
        return self._sheets.render(self._next())

    def whole(self) -> bytes:
        return self.sealer.seal(self._sheets.render(self._next()))

    def in_bulk(self) -> bytes:
        return self._bulk.make(self._next())

    def _next(self) -> SheetContent:
        number = next(self._numbers)
        content = replace(
            self._content,
            number=f"XX20261123{number:06d}",
            name=f"陈{_GIVEN[number % len(_GIVEN)]}{_GIVEN[number // 7 % len(_GIVEN)]}",
            address=f"深圳市福田区莲花街道示例花园{number % 40}栋{number % 3000}",
        )
        return replace(content, token=self._proofs.token(_claims(content, number)))


_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红娥玲芬燕彩春菊兰凤洁梅琳素"


def _claims(content: SheetContent, number: int) -> SheetClaims:
    assert content.photo is not None
    return SheetClaims(
        check_code=content.check_code,
        name=content.name,
        id_mask="4301 **** **** 0018",
        standing=content.standing,
        valid_through=content.valid_through,
        purpose=content.purpose,
        made_at=content.made_at,
        photo_digest=sha256(content.photo).digest()[:16],
        list_number=1,
        list_index=number,
    )


def _content() -> SheetContent:
    return SheetContent(
        number="",
        check_code="7K2M93QD5TXA",
        name="",
        sex="男",
        ethnic_group="汉",
        birth_date=date(1990, 3, 7),
        id_number=ID_NUMBER,
        photo=_photo(),
        address="",
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
        token="",
    )


def _photo() -> bytes:
    """Return a drawing with as many bytes as a photograph."""
    noise = Image.effect_noise((358, 441), 28).convert("RGB")
    ImageDraw.Draw(noise).ellipse((104, 90, 254, 270), fill=(214, 190, 170))
    into = BytesIO()
    noise.save(into, "JPEG", quality=60)
    return into.getvalue()


def _empty_page() -> Callable[[], object]:
    compiler = typst.Compiler(ignore_system_fonts=True)
    numbers = count()
    return lambda: compiler.compile(
        input=b"#sys.inputs.n", format="pdf", sys_inputs={"n": str(next(numbers))}
    )


def _signature() -> Callable[[], object]:
    key = ec.generate_private_key(ec.SECP256R1())
    return lambda: key.sign(b"bytes of a seal", ec.ECDSA(hashes.SHA256()))
