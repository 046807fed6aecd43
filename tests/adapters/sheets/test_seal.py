"""The seal, judged by poppler, qpdf and pyHanko's own PAdES validator."""

import asyncio
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.ades import ades_basic_validation
from pyhanko.sign.validation.policy_decl import SignatureValidationSpec
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from juzhu.adapters.seal_local import LocalSealer, ensure_trial_authority
from juzhu.adapters.seal_pades import certificates_in
from juzhu.adapters.seal_picture import SealPictureError, operators_of
from juzhu.ports.sheets import SealUnavailableError
from tests.adapters.sheets.reading import picture_of, text_of


def test_poppler_trusts_the_seal_and_finds_the_whole_file_signed(sealed, pdfsig):
    said = pdfsig(sealed)

    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "样章测试（无效）" in said


def test_pyhanko_finds_a_certification_that_allows_no_change(sealed, authority):
    reader = PdfFileReader(BytesIO(sealed))
    (signature,) = reader.embedded_signatures

    status = validate_pdf_signature(
        signature, ValidationContext(trust_roots=certificates_in([authority.root]))
    )

    assert status.bottom_line
    assert status.docmdp_ok
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert signature.docmdp_level.name == "NO_CHANGES"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert reader.root["/Perms"]["/DocMDP"].get_object() == signature.sig_object


def test_the_european_procedure_passes_the_seal(sealed, authority):
    """EN 319 102-1, basic signatures, as pyHanko carries it out."""
    (signature,) = PdfFileReader(BytesIO(sealed)).embedded_signatures
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=certificates_in([authority.root])),
        revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),  # the trial's root publishes no list
    )

    found = asyncio.run(
        ades_basic_validation(
            signature.signed_data,
            SignatureValidationSpec(cert_validation_policy=policy),
            raw_digest=signature.compute_digest(),
        )
    )

    assert found.ades_subindic is AdESPassed.OK


def test_the_file_is_one_revision_without_faults(sealed, qpdf):
    assert "No syntax or stream encoding errors" in qpdf(sealed, "--check")
    assert sealed.count(b"%%EOF") == 1
    assert sealed.count(b"startxref") == 1


def test_a_sealed_file_is_still_the_archive_file_it_was(sealed, page):
    before, after = PdfFileReader(BytesIO(page)).root, PdfFileReader(BytesIO(sealed)).root
    description = after["/Metadata"].data.decode()

    assert sealed.startswith(b"%PDF-1.7")
    assert re.search(r'pdfaid:part(="|>)2', description)
    assert re.search(r'pdfaid:conformance(="|>)B', description)
    assert after["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert "/StructTreeRoot" in after
    assert after["/Lang"] == before["/Lang"]
    field = after["/AcroForm"]["/Fields"][0]
    assert int(field["/F"]) & 4, "PDF/A wants every annotation printed"
    assert "/N" in field["/AP"]


def test_the_visible_field_lies_exactly_on_the_painted_seal(sealed, page):
    assert text_of(sealed) == text_of(page)
    difference = ImageChops.difference(picture_of(sealed, 144), picture_of(page, 144))
    # A red edge painted twice is a little darker, and that is all.
    assert max(high for _, high in difference.getextrema()) < 90


def test_sealing_from_four_threads_gives_sealed_files(sealer, page, files):
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: sealer.seal(page), range(8)))

    assert [files.examine(file).problem for file in made] == [None] * 8


def test_a_trial_authority_is_made_once_and_its_keys_are_private(tmp_path):
    folder = tmp_path / "new" / "authority"

    first = ensure_trial_authority(folder)
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    again = ensure_trial_authority(folder)

    assert again == first
    assert {path: path.read_bytes() for path in folder.iterdir()} == kept
    assert stat.S_IMODE(first.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.parent.iterdir()] == ["authority"]


def test_processes_that_start_together_agree_on_one_authority(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        made = list(
            threads.map(
                lambda _: ensure_trial_authority(tmp_path / "a").key.read_bytes(), range(16)
            )
        )

    assert len(set(made)) == 1


def test_a_key_of_another_certificate_is_found_out_before_a_file_is_made(tmp_path, page):
    one, other = (ensure_trial_authority(tmp_path / name) for name in ("one", "other"))

    with pytest.raises(SealUnavailableError):
        LocalSealer(one.certificate, other.key).seal(page)


@pytest.mark.parametrize(
    "inside",
    [
        '<text x="10" y="20">章</text>',
        '<rect width="9" height="9" fill="red" opacity="0.5"/>',
        '<linearGradient id="g"/><rect width="9" height="9" fill="url(#g)"/>',
        "",
    ],
)
def test_a_seal_that_is_not_plain_paths_is_refused_at_the_start(inside):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{inside}</svg>'

    with pytest.raises(SealPictureError):
        operators_of(svg)
