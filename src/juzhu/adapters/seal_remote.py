"""A seal kept by another service, reached through the departments' gateway.

Only a digest goes out: 32 bytes that say nothing about anybody. The sheet stays here, and what
comes back is checked against the seal's certificate before it is used.
"""

import base64
import binascii
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.sign.general import SigningError

from juzhu.adapters.gateway import Gateway, GatewayMalformedError, GatewayUnreachableError
from juzhu.adapters.seal_pades import (
    TRIAL_SEAL,
    WITHIN_SECONDS,
    CertifiedSigner,
    PadesSealer,
    TimeStamps,
)

PATH: Final = "/seal/sign"


class SignRequest(msgspec.Struct, frozen=True):
    """What is asked of the service.

    Attributes:
        certificate: SHA-256 of the seal's certificate, hexadecimal: which key.
        algorithm: of the signature; always ES256, ECDSA on P-256 with SHA-256.
        digest: SHA-256 of what is to be signed, base64.

    """

    certificate: str
    algorithm: str
    digest: str


class SignAnswer(msgspec.Struct, frozen=True):
    """What it answers: the signature in DER, base64."""

    signature: str


class RemoteSealer(PadesSealer):
    """Seals with a key that a seal service holds.

    Args:
        gateway: over which the service is reached.
        certificate: PEM file of the seal's certificate.
        chain: PEM files between the certificate and its root.
        picture: SVG of the seal as painted on the page.
        times: time-stamp authority; None for none.

    """

    def __init__(
        self,
        gateway: Gateway,
        certificate: Path,
        *,
        chain: Sequence[Path] = (),
        picture: Path = TRIAL_SEAL,
        times: TimeStamps | None = None,
    ) -> None:
        super().__init__(_ServiceSigner(certificate, gateway, chain), picture=picture, times=times)


class _ServiceSigner(CertifiedSigner):
    def __init__(self, certificate: Path, gateway: Gateway, chain: Sequence[Path]) -> None:
        super().__init__(certificate, chain)
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        self._name = read.fingerprint(SHA256()).hex()
        self._gateway = gateway

    async def sign(self, data: bytes) -> bytes:
        """Return the service's signature."""
        digest = base64.b64encode(sha256(data).digest()).decode()
        question = msgspec.json.encode(SignRequest(self._name, "ES256", digest))
        try:
            # The loop that waits here is this seal's own: nothing else stands still.
            answer = self._gateway.call(PATH, question, within_seconds=WITHIN_SECONDS)
            if answer.status != 200:
                raise SigningError(f"status {answer.status}")
            signature = msgspec.json.decode(answer.body, type=SignAnswer).signature
            return base64.b64decode(signature, validate=True)
        except (GatewayUnreachableError, GatewayMalformedError) as error:
            raise SigningError(str(error)) from error
        except (msgspec.DecodeError, binascii.Error) as error:
            raise SigningError("not a signature") from error
