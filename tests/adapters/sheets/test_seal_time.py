"""Seals with a time stamp, and with what is needed to check them years later."""

import time
from collections.abc import Iterator
from io import BytesIO

import pytest
import time_machine
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from juzhu.adapters.seal_local import LocalSealer
from juzhu.adapters.seal_pades import TimeStamps, certificates_in
from juzhu.adapters.sheet_bulk import BulkSheets
from juzhu.adapters.sheet_file import SheetFiles
from juzhu.ports.sheets import FileProblem, SealUnavailableError
from tests.adapters.sheets.authorities import DAY, Authority
from tests.adapters.sheets.servers import serving


@pytest.fixture(scope="module")
def with_time(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stamps(with_time) -> Iterator[str]:
    with serving(with_time.answer) as url:
        yield url


def sealer(authority: Authority, times: TimeStamps) -> LocalSealer:
    return LocalSealer(authority.path("seal.crt"), authority.path("seal.key"), times=times)


@pytest.fixture(scope="module")
def checker(with_time) -> SheetFiles:
    return SheetFiles(seals=[with_time.path("seal.crt")], roots=[with_time.path("root.crt")])


@pytest.fixture(scope="module")
def stamped(with_time, stamps, page) -> bytes:
    return sealer(with_time, TimeStamps(stamps)).seal(page)


@pytest.fixture(scope="module")
def lasting(with_time, stamps, page) -> bytes:
    times = TimeStamps(stamps, roots=[with_time.path("root.crt")], crls=with_time.crls)
    return sealer(with_time, times).seal(page)


def test_a_stamped_seal_carries_a_time_that_is_trusted(stamped, with_time, checker, pdfsig):
    context = ValidationContext(trust_roots=certificates_in([with_time.path("root.crt")]))
    (signature,) = PdfFileReader(BytesIO(stamped)).embedded_signatures

    status = validate_pdf_signature(signature, context, context)

    assert status.bottom_line
    assert status.timestamp_validity.trusted
    assert checker.examine(stamped).problem is None
    said = pdfsig(stamped)
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_a_lasting_seal_is_one_revision_and_proves_itself(
    lasting, with_time, checker, pdfsig, qpdf
):
    reader = PdfFileReader(BytesIO(lasting))

    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {
            "trust_roots": certificates_in([with_time.path("root.crt")]),
            "allow_fetching": False,
            "revocation_mode": "require",  # so what the file carries must be enough
        }
    )

    status = validate_pdf_signature(reader.embedded_signatures[0], context, context)

    assert status.bottom_line
    assert "/DSS" in reader.root
    assert lasting.count(b"%%EOF") == 1
    assert checker.examine(lasting).problem is None
    assert "Total document signed" in pdfsig(lasting)
    assert "No syntax or stream encoding errors" in qpdf(lasting, "--check")


def test_changes_in_a_stamped_seal_never_raise_and_never_pass(stamped, checker):
    import re

    found = re.search(rb"/ByteRange \[0 (\d+) (\d+)", stamped)
    start, end = int(found[1]), int(found[2])
    for place in range(start, end, 101):
        copy = bytearray(stamped)
        copy[place] ^= 1 << place % 7
        problem = checker.examine(bytes(copy)).problem
        # What the time stamp itself leaves open is for the register's digest to tell.
        assert problem is not None or start + 2000 < place < end


@pytest.mark.parametrize(
    "answer",
    [
        lambda *_: (500, {}, b""),
        lambda *_: (200, {"content-type": "application/timestamp-reply"}, b"no DER"),
        lambda *_: (200, {"content-type": "text/html"}, b"<html>"),
        lambda *_: time.sleep(2.5) or (200, {}, b""),
    ],
    ids=["error", "noise", "page", "slow"],
)
def test_without_its_time_stamp_there_is_no_file(with_time, page, answer):
    start = time.monotonic()
    with serving(answer) as url, pytest.raises(SealUnavailableError):
        sealer(with_time, TimeStamps(url)).seal(page)

    assert time.monotonic() - start < 3


def test_an_authority_that_is_away_gives_no_file(with_time, page):
    with pytest.raises(SealUnavailableError):
        sealer(with_time, TimeStamps("http://127.0.0.1:9/")).seal(page)


def test_a_time_stamp_nobody_vouches_for_is_not_accepted(stamped, with_time, authority):
    files = SheetFiles(seals=[with_time.path("seal.crt")], roots=[authority.root])

    assert files.examine(stamped).problem is FileProblem.CHANGED


def test_without_fresh_revocation_lists_there_is_no_lasting_seal(with_time, stamps, page, tmp_path):
    times = TimeStamps(stamps, roots=[with_time.path("root.crt")], crls=tmp_path)

    with pytest.raises(SealUnavailableError):
        sealer(with_time, times).seal(page)


def test_a_sheet_outlives_its_seals_certificate(with_time, page):
    """The former certificate has ended, the sheet it sealed in its time has not."""
    with_time.add_seal("former", begins=-700 * DAY, ends=-300 * DAY)
    former = LocalSealer(with_time.path("former.crt"), with_time.path("former.key"))
    with time_machine.travel(with_time.now - 400 * DAY):
        old = former.seal(page)
    seals = [with_time.path("seal.crt"), with_time.path("former.crt")]

    known = SheetFiles(seals=seals, roots=[with_time.path("root.crt")])
    forgotten = SheetFiles(seals=seals[:1], roots=[with_time.path("root.crt")])

    assert known.examine(old).problem is None
    assert forgotten.examine(old).problem is FileProblem.OTHER_SIGNER


@pytest.mark.parametrize(
    ("begins", "ends"), [(-700, -300), (300, 700)], ids=["ended", "not yet begun"]
)
def test_outside_its_certificates_time_nothing_is_sealed(
    with_time, page, sheets, content, begins, ends
):
    with_time.add_seal("other", begins=begins * DAY, ends=ends * DAY)
    paths = with_time.path("other.crt"), with_time.path("other.key")
    one_by_one = LocalSealer(*paths)

    with pytest.raises(SealUnavailableError, match="certificate"):
        one_by_one.seal(page)
    with pytest.raises(SealUnavailableError, match="certificate"):
        BulkSheets(sheets, one_by_one, certificate=paths[0], key=paths[1]).make(content)
