"""Trying out a seal and what belongs to it, before somebody's sheet depends on it."""

import asyncio
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import typst
from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped] # ships no types
from asn1crypto import tsp
from pyhanko.sign.timestamps import HTTPTimeStamper

from juzhu.adapters.seal_cms import certificates_of
from juzhu.adapters.seal_pades import FAILURES, WITHIN_SECONDS
from juzhu.ports.sheets import SealUnavailableError

_BLANK: Final = b"#set page(width: 210mm, height: 297mm)\n#set text(size: 0pt)\n"


@cache
def blank_page() -> bytes:
    """Return a page with nothing on it: sealed, it states nothing about anybody."""
    compiler = typst.Compiler(input=_BLANK, ignore_system_fonts=True)
    made = compiler.compile(format="pdf", pdf_standards=["a-2b"], timestamp=0)
    assert isinstance(made, bytes)  # one page, and no output file was named
    return made


def time_from(url: str) -> datetime:
    """Return the time that a time-stamp authority states now.

    Raises:
        SealUnavailableError: it does not answer, or not with a time.

    """
    asked = sha256(b"juzhu doctor").digest()
    try:
        stamper = HTTPTimeStamper(url, timeout=WITHIN_SECONDS)
        token = asyncio.run(stamper.async_timestamp(asked, "sha256"))
        content = token["content"]["encap_content_info"]["content"]
        stated = tsp.TSTInfo.load(content.parsed.dump())
        return _instant(stated["gen_time"].native)
    except FAILURES as error:
        raise SealUnavailableError(f"{type(error).__name__}: {error}") from error


def ends_at(certificate: Path) -> datetime:
    """Return the last instant of the certificate in a PEM file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no certificate.

    """
    return certificates_of([certificate])[0].not_valid_after_utc


def first_stale(folder: Path) -> tuple[str, datetime] | None:
    """Return name and end of the revocation list in a folder that ends first; None without any.

    Raises:
        OSError: the folder or a file cannot be read.
        ValueError: a file is no revocation list.

    """
    ends = [
        (path.name, _instant(_list(path)["tbs_cert_list"]["next_update"].native))
        for path in sorted(folder.iterdir())
    ]
    return min(ends, key=lambda entry: entry[1], default=None)


def _list(path: Path) -> asn1_crl.CertificateList:
    return asn1_crl.CertificateList.load(path.read_bytes(), strict=True)


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise ValueError("no time in it")
    return value
