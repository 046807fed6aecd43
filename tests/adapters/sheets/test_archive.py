"""Rules of PDF/A-2b that can be read off the file's objects; veraPDF is in no package registry.

Each rule names the clause of ISO 19005-2 it stands for.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from lxml import etree
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from juzhu.adapters.sheet_bulk import BulkSheets

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
ARCHIVE = "{http://www.aiim.org/pdfa/ns/id/}"
FORBIDDEN = {
    "/JavaScript",
    "/Launch",
    "/Movie",
    "/Sound",
    "/SubmitForm",
    "/ResetForm",
    "/Rendition",
}


@pytest.fixture(scope="module", params=["ordinary", "bulk", "no photo"])
def file(request, sealed, sheets, sealer, authority, content, cancelled) -> bytes:
    bulk = BulkSheets(sheets, sealer, certificate=authority.certificate, key=authority.key)
    return {
        "ordinary": lambda: sealed,
        "bulk": lambda: bulk.make(content),
        "no photo": lambda: bulk.make(cancelled),
    }[request.param]()


@pytest.fixture(scope="module")
def objects(file) -> list[Any]:
    reader = PdfFileReader(BytesIO(file))
    found = []
    for number in range(1, int(reader.trailer_view["/Size"])):
        found.append(reader.get_object(generic.Reference(number, 0, reader)))
    return found


def dictionaries(objects: list[Any]) -> Iterator[Any]:
    """Yield every dictionary of the file, those inside others too."""
    waiting = list(objects)
    while waiting:
        found = waiting.pop()
        if isinstance(found, generic.DictionaryObject):
            yield found
            waiting.extend(found.raw_get(key) for key in found)
        elif isinstance(found, generic.ArrayObject):
            waiting.extend(found.raw_get(place) for place in range(len(found)))


def of_type(objects: list[Any], name: str) -> list[Any]:
    return [found for found in dictionaries(objects) if found.get("/Type") == name]


def test_6_1_2_the_head_is_1_7_and_says_that_bytes_follow(file):
    head, comment = file.split(b"\n")[:2]

    assert head == b"%PDF-1.7"
    assert comment.startswith(b"%")
    assert len([byte for byte in comment[1:] if byte > 127]) >= 4


def test_6_1_3_the_file_has_a_name_and_is_not_encrypted(file):
    trailer = PdfFileReader(BytesIO(file)).trailer_view

    assert len(trailer["/ID"]) == 2
    assert "/Encrypt" not in trailer


def test_6_1_7_streams_are_in_the_file_and_packed_as_allowed(objects):
    streams = [found for found in dictionaries(objects) if isinstance(found, generic.StreamObject)]

    assert streams
    for stream in streams:
        assert not {"/F", "/FFilter", "/FDecodeParms"} & set(stream)
        assert stream.get("/Filter") in {None, "/FlateDecode", "/DCTDecode"}


def test_6_1_8_names_of_objects_stand_alone_on_their_lines(file):
    starts = [match.start() for match in re.finditer(rb"\d+ 0 obj\b", file)]

    assert len(starts) > 30
    assert {file[place - 1 : place] for place in starts} <= {b"\n"}
    assert file.count(b"\nendobj\n") >= file.count(b" 0 obj\n")


def test_6_2_2_the_colours_are_stated(file):
    (intent,) = PdfFileReader(BytesIO(file)).root["/OutputIntents"]
    profile = intent.get_object()["/DestOutputProfile"]

    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    assert profile["/N"] == 3
    assert profile.data[36:40] == b"acsp"


def test_6_2_8_pictures_are_not_smoothed_and_have_no_alternatives(objects):
    for picture in [o for o in dictionaries(objects) if o.get("/Subtype") == "/Image"]:
        assert not picture.get("/Interpolate", False)
        assert not {"/Alternates", "/OPI"} & set(picture)
        assert picture["/ColorSpace"] != "/DeviceCMYK"


def test_6_2_10_nothing_is_transparent(objects):
    for found in dictionaries(objects):
        assert "/SMask" not in found or found["/SMask"] == "/None"
        assert found.get("/BM", "/Normal") in {"/Normal", "/Compatible"}
        assert float(found.get("/ca", 1)) == float(found.get("/CA", 1)) == 1


def test_6_2_11_every_font_is_in_the_file_and_can_be_copied_out(objects):
    descriptors = of_type(objects, "/FontDescriptor")
    fonts = [font for font in of_type(objects, "/Font") if font["/Subtype"] == "/Type0"]

    assert descriptors
    assert fonts
    for descriptor in descriptors:
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert re.fullmatch(r"/[A-Z]{6}\+.+", descriptor["/FontName"])
    for font in fonts:
        assert font["/Encoding"] == "/Identity-H"
        assert "/ToUnicode" in font
        descendant = font["/DescendantFonts"][0]
        assert descendant["/BaseFont"].startswith(font["/BaseFont"][:20])
        if descendant["/Subtype"] == "/CIDFontType2":
            assert descendant["/CIDToGIDMap"] == "/Identity"


def test_6_3_the_only_annotation_is_the_printed_seal(objects):
    (annotation,) = of_type(objects, "/Annot")

    assert annotation["/Subtype"] == "/Widget"
    assert int(annotation["/F"]) & 0b100  # printed
    assert not int(annotation["/F"]) & 0b100011  # hidden, invisible, not viewed
    assert set(annotation["/AP"]) == {"/N"}
    assert not {"/A", "/AA"} & set(annotation)


def test_6_4_and_6_5_no_forms_but_the_seal_and_no_actions(file, objects):
    root = PdfFileReader(BytesIO(file)).root

    assert not root["/AcroForm"].get("/NeedAppearances", False)
    assert "/XFA" not in root["/AcroForm"]
    assert not {"/AA", "/OpenAction", "/NeedsRendering", "/Requirements"} & set(root)
    assert {found.get("/S") for found in dictionaries(objects)} & FORBIDDEN == set()


def test_6_6_the_description_is_readable_and_states_the_standard(file):
    metadata = PdfFileReader(BytesIO(file)).root["/Metadata"]
    tree = etree.fromstring(metadata.data)
    said = {
        element.tag: element.text for element in tree.iter() if str(element.tag).startswith(ARCHIVE)
    }
    for element in tree.iter(f"{RDF}Description"):
        said |= {key: value for key, value in element.attrib.items() if key.startswith(ARCHIVE)}

    assert "/Filter" not in metadata
    assert said == {f"{ARCHIVE}part": "2", f"{ARCHIVE}conformance": "B"}
