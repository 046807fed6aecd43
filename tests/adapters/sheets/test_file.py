"""Which files are sheets as sealed: every change is noticed, and no file can hurt."""

import hashlib
import random
import re
import time
import tracemalloc
import zlib
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from juzhu.adapters.seal_local import LocalSealer, ensure_trial_authority
from juzhu.adapters.sheet_file import MOST_BYTES, SheetFiles
from juzhu.ports.sheets import FileProblem

SEED = 20261124
QUICK, SOAK = 60, 500


def hole(sealed: bytes) -> tuple[int, int]:
    """Return where the signature's digits start and end, brackets included."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) \d+", sealed)
    return int(found[1]), int(found[2])


def flipped(sealed: bytes, count: int) -> list[tuple[int, bytes]]:
    """Return copies with one bit changed somewhere in what the signature covers."""
    draw = random.Random(SEED)
    start, end = hole(sealed)
    places = [place for place in range(len(sealed)) if not start <= place < end]
    copies = []
    for place in draw.sample(places, count):
        copy = bytearray(sealed)
        copy[place] ^= 1 << draw.randrange(8)
        copies.append((place, bytes(copy)))
    return copies


def test_a_sheet_as_sealed_is_accepted(files, sealed):
    verdict = files.examine(sealed)

    assert verdict.problem is None
    assert verdict.sha256 == hashlib.sha256(sealed).digest()


def test_no_flipped_bit_is_missed(files, sealed):
    missed = [place for place, copy in flipped(sealed, QUICK) if not files.examine(copy).problem]

    assert missed == []


@pytest.mark.soak
def test_no_flipped_bit_is_missed_by_us_nor_by_poppler(files, sealed, pdfsig):
    copies = flipped(sealed, SOAK)

    missed = [place for place, copy in copies if files.examine(copy).problem is None]
    by_poppler = [place for place, copy in copies if "Signature is Valid" in pdfsig(copy)]

    assert (missed, by_poppler) == ([], [])


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.soak)])
def test_no_change_inside_the_signature_is_missed(files, sealed, step):
    """Checkers commonly forgive some: names of algorithms, carried certificates, padding."""
    start, end = hole(sealed)
    missed = []
    for place in range(start, end, step):
        copy = bytearray(sealed)
        copy[place] ^= 1 << place % 7
        if files.examine(bytes(copy)).problem is None:
            missed.append(place - start)

    assert missed == []


def test_a_signature_spelled_otherwise_is_not_accepted(files, sealed):
    start, end = hole(sealed)
    small = sealed[:start] + sealed[start:end].lower() + sealed[end:]

    assert files.examine(small).problem is not None


def test_the_twin_of_an_ecdsa_signature_is_not_accepted(files, sealed):
    from asn1crypto import cms
    from cryptography.hazmat.primitives.asymmetric import utils

    from juzhu.adapters.seal_cms import P256_ORDER

    start, end = hole(sealed)
    content = cms.ContentInfo.load(bytes.fromhex(sealed[start + 1 : end - 1].decode()))
    (signer,) = content["content"]["signer_infos"]
    r, s = utils.decode_dss_signature(signer["signature"].native)
    signer["signature"] = utils.encode_dss_signature(r, P256_ORDER - s)
    digits = content.dump(force=True).hex().upper().encode()
    twin = sealed[:start] + b"<" + digits.ljust(end - start - 2, b"0") + b">" + sealed[end:]

    assert files.examine(twin).problem is FileProblem.CHANGED


def with_note(sealed: bytes) -> bytes:
    """Add a note to the page in a further revision."""
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    page = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(
                [generic.NumberObject(x) for x in (100, 600, 300, 640)]
            ),
            generic.pdf_name("/Contents"): generic.pdf_string("changed"),
        }
    )
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])
    into = BytesIO()
    writer.write(into)
    return into.getvalue()


def with_other_page(sealed: bytes) -> bytes:
    """Put another drawing in place of the page's, in a further revision."""
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    page = writer.root["/Pages"]["/Kids"][0]
    drawing = generic.StreamObject(stream_data=b"1 0 0 rg 100 500 200 50 re f")
    page[generic.pdf_name("/Contents")] = writer.add_object(drawing)
    writer.update_container(page)
    into = BytesIO()
    writer.write(into)
    return into.getvalue()


def padded(sealed: bytes) -> bytes:
    """Change a digit behind the signature, where most checkers do not look."""
    _, end = hole(sealed)
    return sealed[: end - 5] + b"7" + sealed[end - 4 :]


@pytest.mark.parametrize(
    "change",
    [
        with_note,
        with_other_page,
        padded,
        lambda sealed: sealed + b"x",
        lambda sealed: sealed + b"\n",
        lambda sealed: sealed + sealed,
        lambda sealed: sealed.replace(b"/ByteRange", b"/ByteRenge"),
        lambda sealed: sealed.replace(b"%%EOF", b"%%EOF /ByteRange [0 1 2 3]"),
    ],
    ids=["note", "page", "padding", "byte", "newline", "twice", "no range", "two ranges"],
)
def test_a_changed_sheet_is_never_accepted(files, sealed, change):
    copy = change(sealed)

    assert copy != sealed
    assert files.examine(copy).problem in {FileProblem.CHANGED, FileProblem.UNSIGNED}


def test_nothing_reaches_a_pdf_reader_that_is_not_ours_byte_for_byte(
    files, sealed, page, monkeypatch
):
    def read(file: bytes) -> bool:
        raise AssertionError("a stranger's file was parsed")

    start, _ = hole(sealed)
    monkeypatch.setattr(files, "_reads_well", read)
    files.examine(page)
    files.examine(with_note(sealed))
    files.examine(sealed + b"\n")
    files.examine(sealed[: start + 900] + b"0" + sealed[start + 901 :])
    for _, copy in flipped(sealed, QUICK):
        files.examine(copy)

    with pytest.raises(AssertionError):
        files.examine(sealed)


def test_a_sheet_saved_anew_is_not_accepted(files, sealed, qpdf, tmp_path):
    qpdf(sealed, "--replace-input", "--linearize")

    assert files.examine((tmp_path / "file.pdf").read_bytes()).problem is not None


def test_a_page_without_seal_is_unsigned(files, page):
    assert files.examine(page).problem is FileProblem.UNSIGNED


def test_another_authoritys_seal_is_another_signer(files, page, tmp_path):
    """Even one whose names are ours, letter by letter."""
    other = ensure_trial_authority(tmp_path / "other")

    sealed = LocalSealer(other.certificate, other.key).seal(page)

    assert files.examine(sealed).problem is FileProblem.OTHER_SIGNER


def test_another_certificate_of_the_same_root_is_another_signer(authority, sealed, tmp_path):
    """A root has other customers: the seal is known by its own certificate."""
    other = ensure_trial_authority(tmp_path / "other")
    files = SheetFiles(seals=[other.certificate], roots=[authority.root, other.root])

    assert files.examine(sealed).problem is FileProblem.OTHER_SIGNER


def test_former_seals_stay_accepted(authority, sealed, tmp_path):
    present = ensure_trial_authority(tmp_path / "present")
    files = SheetFiles(
        seals=[present.certificate, authority.certificate], roots=[present.root, authority.root]
    )

    assert files.examine(sealed).problem is None


def bomb() -> bytes:
    """Return a small PDF whose one stream becomes 400 MB, and whose object count is a lie."""
    packed = zlib.compress(b"\0" * 10_000_000, 9)
    packed = zlib.compress(packed * 40, 9)
    stream = b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(packed)
    return (
        b"%PDF-1.7\n1 0 obj" + stream + packed + b"\nendstream endobj\n"
        b"xref\n0 4294967295\ntrailer<</Size 4294967295/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n"
    )


def many_pages() -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 203))
    pages = b"".join(
        b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n" % number
        for number in range(3, 203)
    )
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 200/Kids["
        + kids
        + b"]>>endobj\n"
        + pages
        + b"trailer<</Root 1 0 R>>\n%%EOF"
    )


def with_signature(digits: bytes) -> bytes:
    head = b"%PDF-1.7\n/ByteRange [0 000060 000000 000006]/Contents "
    head = head.replace(b"000060", b"%06d" % len(head))
    head = head.replace(b"000000", b"%06d" % (len(head) + len(digits) + 2), 1)
    return head + b"<" + digits + b">" + b"%%EOF\n"


BAD = {
    "empty": (b"", FileProblem.NOT_PDF),
    "text": ("不是 PDF".encode(), FileProblem.NOT_PDF),
    "picture": (b"\xff\xd8\xff\xe0" + b"\0" * 1000, FileProblem.NOT_PDF),
    "50 MB": (b"%PDF-1.7\n" + b"\0" * 50_000_000, FileProblem.TOO_LARGE),
    "head only": (b"%PDF-1.7\n", FileProblem.DAMAGED),
    "bomb": (bomb(), FileProblem.UNSIGNED),
    "200 pages": (many_pages(), FileProblem.UNSIGNED),
    "encrypted": (b"%PDF-1.7\ntrailer<</Encrypt 4 0 R>>\n%%EOF", FileProblem.DAMAGED),
    "deep": (b"%PDF-1.7\n" + b"[" * 1_500_000 + b"\n%%EOF", FileProblem.UNSIGNED),
    "many ranges": (b"%PDF-1.7\n" + b"/ByteRange [0 " * 140_000 + b"%%EOF", FileProblem.UNSIGNED),
    "true ranges": (
        b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3]" * 100_000 + b"%%EOF",
        FileProblem.DAMAGED,
    ),
    "no signature in it": (with_signature(b"00" * 500), FileProblem.DAMAGED),
    "letters": (with_signature(b"xyz" * 500), FileProblem.DAMAGED),
    "deep signature": (with_signature(b"3080" * 8000), FileProblem.DAMAGED),
    "long signature": (with_signature(b"30" * 500_000), FileProblem.DAMAGED),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_answered_soon_and_in_little_memory(files, name):
    file, problem = BAD[name]
    tracemalloc.start()
    start = time.perf_counter()

    verdict = files.examine(file)

    took = time.perf_counter() - start
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert verdict.problem is problem
    assert took < 2
    assert most < 24 * 1024 * 1024
    assert len(file) <= MOST_BYTES or problem is FileProblem.TOO_LARGE


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_sheet_is_damaged(files, sealed, part):
    assert files.examine(sealed[: int(len(sealed) * part)]).problem is FileProblem.DAMAGED


def test_noise_never_raises(files, sealed):
    draw = random.Random(SEED)
    start, end = hole(sealed)
    for _ in range(200):
        copy = bytearray(sealed)
        for _ in range(draw.randrange(1, 30)):
            copy[draw.randrange(start - 200, end + 50)] = draw.randrange(256)
        assert files.examine(bytes(copy)).problem is not None
