"""A reader of other people's making, pure Python, takes the sealed sheet as we mean it."""

from io import BytesIO

import pytest
from pdfminer.high_level import extract_text
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfinterp import resolve1
from pdfminer.pdfparser import PDFParser

from juzhu.adapters.sheet_bulk import BulkSheets


@pytest.fixture(params=["ordinary", "bulk"])
def pdf(request, sealed, sheets, sealer, authority, content) -> bytes:
    if request.param == "ordinary":
        return sealed
    bulk = BulkSheets(sheets, sealer, certificate=authority.certificate, key=authority.key)
    return bulk.make(content)


def test_it_reads_every_value_whole(pdf, content):
    text = "".join(extract_text(BytesIO(pdf)).split())

    for value in (content.name, content.id_number, content.address, content.permit_number):
        assert value in text


def test_it_finds_one_revision_tagged_archived_and_sealed(pdf):
    document = PDFDocument(PDFParser(BytesIO(pdf)))
    root = document.catalog
    perms, form = resolve1(root["Perms"]), resolve1(root["AcroForm"])
    signature = resolve1(perms["DocMDP"])

    assert len(document.xrefs) == 1
    assert resolve1(root["MarkInfo"])["Marked"] is True
    assert b"http://www.aiim.org/pdfa/ns/id/" in resolve1(root["Metadata"]).get_data()
    assert signature["SubFilter"].name == "ETSI.CAdES.detached"
    start, _, second, rest = signature["ByteRange"]
    assert (start, second + rest) == (0, len(pdf))
    assert len(resolve1(form["Fields"])) == 1
    assert document.encryption is None
