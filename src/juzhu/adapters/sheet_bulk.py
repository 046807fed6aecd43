"""Sheets by the hundred for counters and schools: written and sealed in one pass.

Page and seal are those of the ordinary lane: typst draws what a batch has in common, and what
differs is written into the places left free. A sheet this lane cannot make (a rare character, an
odd photograph) is made by the ordinary one.
"""

import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from juzhu.adapters import seal_picture, sheet_qr
from juzhu.adapters.seal_cms import SealForm, certificates_of, chain_of, with_low_s
from juzhu.adapters.seal_pades import FIELD, REASON, TRIAL_SEAL, not_in_force
from juzhu.adapters.sheet_drawing import Drawing
from juzhu.adapters.sheet_fonts import FontFile
from juzhu.adapters.sheet_photo import photo_measures, photo_object
from juzhu.adapters.sheet_stencil import Stencil, stencil_of
from juzhu.adapters.sheet_subset import Cutter, Subset
from juzhu.adapters.sheet_typst import TypstSheets
from juzhu.adapters.sheet_words import SHENZHEN, Words
from juzhu.domain.sheet import SheetContent
from juzhu.ports.sheets import GlyphMissingError, Sealer, SealUnavailableError, SheetRenderer

STENCILS: Final = 64
"""So many batches may be under way at once before a stencil is made anew."""

_BYTE_RANGE: Final = b"[0 %d %d %d]"
_BYTE_RANGE_ROOM: Final = len(_BYTE_RANGE % ((10**10 - 1,) * 3))
_FAST: Final = 1  # zlib's level: higher ones cost more time than they save bytes


class SealedSheets:
    """Makes sealed sheets one by one, for seals whose key or time comes from elsewhere.

    Args:
        sheets: maker of the page.
        sealer: of the seal.

    """

    def __init__(self, sheets: SheetRenderer, sealer: Sealer) -> None:
        self._sheets = sheets
        self._sealer = sealer

    def make(self, content: SheetContent) -> bytes:
        """Return the sheet, sealed; errors as of the page and of the seal."""
        return self._sealer.seal(self._sheets.render(content))


class BulkSheets:
    """Makes sealed sheets; safe to use from several threads.

    Args:
        sheets: maker of the page.
        sealer: seals what this lane leaves to the ordinary one.
        certificate: PEM file of the seal's certificate.
        key: PEM file of its ECDSA P-256 key, unencrypted.
        chain: PEM files between the certificate and its root.
        picture: SVG of the seal as painted on the page.

    """

    def __init__(
        self,
        sheets: TypstSheets,
        sealer: Sealer,
        *,
        certificate: Path,
        key: Path,
        chain: Sequence[Path] = (),
        picture: Path = TRIAL_SEAL,
    ) -> None:
        self._sheets = sheets
        self._sealer = sealer
        read = serialization.load_pem_private_key(key.read_bytes(), password=None)
        if not isinstance(read, ec.EllipticCurvePrivateKey):
            raise TypeError(f"the seal's key must be an elliptic-curve key: {key}")
        self._key = read
        own = certificates_of([certificate])[0]
        self._form = SealForm(own, chain_of(own, certificates_of(chain)))
        self._validity = own.not_valid_before_utc, own.not_valid_after_utc
        if own.public_key() != read.public_key():
            raise ValueError(f"{key} is not the key of {certificate}")
        longest = self._form.assembled(self._form.attributes(bytes(32)), bytes(72))
        self._room = 2 * len(longest) + 2  # digits and brackets
        self._drawing = seal_picture.operators_of(picture.read_text(encoding="utf-8"))
        self._font: FontFile = sheets.fonts.fonts[0]
        self._cutter = Cutter(self._font)
        self._stencils: OrderedDict[tuple[object, ...], Stencil] = OrderedDict()
        self._turn = threading.Lock()

    def make(self, content: SheetContent) -> bytes:
        """Return the sheet, sealed.

        Raises:
            GlyphMissingError: a character would print as a box.
            PhotoUnreadableError: the photograph is no picture.
            SealUnavailableError: the seal cannot be had now, or its certificate is not in force.

        """
        if problem := not_in_force(*self._validity):
            raise SealUnavailableError(problem)
        words = self._sheets.words(content)
        measures = None if content.photo is None else photo_measures(content.photo)
        if not self._writes(words) or (content.photo is not None and measures is None):
            return self._sealer.seal(self._sheets.render(content))
        stencil = self._stencil(content, words)
        drawing = Drawing(words, self._font)
        subset = self._cutter.cut(drawing.characters())
        code = sheet_qr.modules_of(content.verify_url, content.token)
        drawn = drawing.operators(
            subset.codes, stencil.marks, code, with_photo=measures is not None
        )
        changing = dict(self._font_objects(stencil, subset))
        changing["contents"] = _stream(b"", drawn)
        if content.photo is not None and measures is not None:
            changing["photo"] = photo_object(content.photo, measures)
        return self._sealed(stencil, changing, content)

    def _writes(self, words: Words) -> bool:
        """Say whether the built-in font has every character; raise when no font has one."""
        letters = set("".join(words.texts()))
        if all(ord(character) in self._font.glyphs for character in letters):
            return True
        if missing := self._sheets.fonts.missing(words.texts()):
            raise GlyphMissingError(missing)
        return False

    def _stencil(self, content: SheetContent, words: Words) -> Stencil:
        common = (words.watermark, words.address, words.authority, words.standing, words.trial)
        name = (*common, content.photo is None)
        with self._turn:
            found = self._stencils.get(name)
            if found is None:
                cells = [cell.key for cell in words.cells]
                if content.photo is not None:
                    cells.insert(1, "photo")
                page = self._sheets.stencil(content)
                found = stencil_of(page, cells=cells, field=FIELD, drawing=self._drawing)
                self._stencils[name] = found
                while len(self._stencils) > STENCILS:
                    self._stencils.popitem(last=False)
            self._stencils.move_to_end(name)
        return found

    def _font_objects(self, stencil: Stencil, subset: Subset) -> Iterator[tuple[str, bytes]]:
        numbers, name = stencil.numbers, b"JUZHUA+NotoSerifSC"
        yield (
            "font",
            b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]"
            b"/ToUnicode %d 0 R>>" % (name, numbers["outlines"], numbers["letters"]),
        )
        widths = " ".join(map(str, subset.widths)).encode()
        yield (
            "outlines",
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/CIDSystemInfo<</Registry(Adobe)"
            b"/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/W[0[%b]]"
            b"/CIDToGIDMap/Identity>>" % (name, numbers["descriptor"], widths),
        )
        yield (
            "descriptor",
            b"<</Type/FontDescriptor/FontName/%b/Flags 4/FontBBox[-1000 -500 3000 1500]"
            b"/ItalicAngle 0/Ascent 1151/Descent -286/CapHeight 730/StemV 95/FontFile2 %d 0 R>>"
            % (name, numbers["program"]),
        )
        yield "program", _stream(b"/Length1 %d" % len(subset.font), subset.font)
        yield "letters", _stream(b"", _letters(subset.codes))

    def _sealed(self, stencil: Stencil, changing: dict[str, bytes], content: SheetContent) -> bytes:
        """Return the file, its signature over every byte but its own."""
        places = list(stencil.places)
        parts = [stencil.start]
        end = len(stencil.start)
        for number, text in self._bodies(stencil, changing, content):
            places[number] = end
            parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, text))
            end += len(parts[-1])
        body = b"".join(parts)
        file = bytearray(body + _ending(places, end, stencil, content))
        start = body.index(b"/Contents <", places[stencil.numbers["seal"]] or 0) + 10
        after = start + self._room
        stated = (_BYTE_RANGE % (start, after, len(file) - after)).ljust(_BYTE_RANGE_ROOM)
        place = body.rindex(b"/ByteRange ", 0, start) + 11
        file[place : place + _BYTE_RANGE_ROOM] = stated
        digest = sha256(memoryview(file)[:start])
        digest.update(memoryview(file)[after:])
        attributes = self._form.attributes(digest.digest())
        made = self._key.sign(self._form.to_sign(attributes), ec.ECDSA(hashes.SHA256()))
        signature = self._form.assembled(attributes, with_low_s(made)).hex().upper().encode()
        file[start + 1 : start + 1 + len(signature)] = signature
        return bytes(file)

    def _bodies(
        self, stencil: Stencil, changing: dict[str, bytes], content: SheetContent
    ) -> Iterator[tuple[int, bytes]]:
        """Yield the changing objects, the signature last."""
        yield from _described(stencil, content)
        for name, text in changing.items():
            yield stencil.numbers[name], text
        made = content.made_at.astimezone(SHENZHEN)
        yield (
            stencil.numbers["seal"],
            b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Reason<%b>"
            b"/M(D:%b+08'00')/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams"
            b"<</Type/TransformParams/P 1/V/1.2>>>>]/ByteRange %b/Contents <%b>>>"
            % (
                ("\ufeff" + REASON).encode("utf-16-be").hex().encode(),
                f"{made:%Y%m%d%H%M%S}".encode(),
                b" " * _BYTE_RANGE_ROOM,
                b"0" * (self._room - 2),
            ),
        )


def _described(stencil: Stencil, content: SheetContent) -> Iterator[tuple[int, bytes]]:
    """Yield the file's description with this sheet's instant and a name of its own."""
    at = content.made_at.astimezone(UTC)
    number, text = stencil.metadata
    named = sha256(f"{content.number} {at.isoformat()}".encode()).hexdigest()[:22] + "=="
    yield (
        number,
        text.replace(stencil.dates[0], f"{at:%Y-%m-%dT%H:%M:%S}".encode()).replace(
            stencil.instance, named.encode()
        ),
    )
    number, text = stencil.information
    yield number, text.replace(stencil.dates[1], f"{at:%Y%m%d%H%M%S}".encode())


def _ending(places: list[int | None], end: int, stencil: Stencil, content: SheetContent) -> bytes:
    """Return the table of places and what follows it."""
    lines = [
        b"0000000000 65535 f \n" if place is None else b"%010d 00000 n \n" % place
        for place in places
    ]
    name = sha256(content.number.encode()).hexdigest()[:32].encode()
    return (
        b"xref\n0 %d\n%btrailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\n"
        % (
            len(places),
            b"".join(lines),
            len(places),
            stencil.root,
            stencil.information[0],
            name,
            name,
        )
        + b"startxref\n%d\n%%%%EOF\n" % end
    )


def _stream(entries: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content, _FAST)
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (
        entries,
        len(packed),
        packed,
    )


def _letters(codes: dict[str, int]) -> bytes:
    """Return what each code of the font reads as, for copying and reading aloud."""
    lines = [f"<{code:04X}><{c.encode('utf-16-be').hex()}>" for c, code in codes.items()]
    groups = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    listed = "\n".join(f"{len(g)} beginbfchar\n" + "\n".join(g) + "\nendbfchar" for g in groups)
    return (
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CIDSystemInfo"
        "<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def/CMapName/Adobe-Identity-UCS def"
        "/CMapType 2 def 1 begincodespacerange<0000><FFFF>endcodespacerange\n"
        f"{listed}\nendcmap CMapName currentdict/CMap defineresource pop end end"
    ).encode()
