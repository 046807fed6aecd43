"""A seal whose key never leaves its device: a hardware module or a token spoken to by PKCS#11."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pkcs11
from pkcs11.exceptions import PinIncorrect, PinLocked, PKCS11Error, UserAlreadyLoggedIn
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from juzhu.adapters.seal_pades import (
    TRIAL_SEAL,
    WITHIN_SECONDS,
    CertifiedSigner,
    PadesSealer,
    TimeStamps,
)
from juzhu.ports.sheets import SealUnavailableError


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Which key on which token.

    Attributes:
        library: the device's PKCS#11 library.
        token: label of the token.
        pin: of its user.
        key: label of the private key.

    """

    library: Path
    token: str
    pin: str = field(repr=False)
    key: str


class Pkcs11Sealer(PadesSealer):
    """Seals with a key on a device; one call at a time, since a device's session is one talk.

    Args:
        certificate: PEM file of the seal's certificate.
        key: where its key is.
        chain: PEM files between the certificate and its root.
        picture: SVG of the seal as painted on the page.
        times: time-stamp authority; None for none.

    """

    def __init__(
        self,
        certificate: Path,
        key: TokenKey,
        *,
        chain: Sequence[Path] = (),
        picture: Path = TRIAL_SEAL,
        times: TimeStamps | None = None,
    ) -> None:
        super().__init__(_TokenSigner(certificate, key, chain), picture=picture, times=times)
        # A device that hangs cannot be interrupted: it keeps this thread, but no caller.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="juzhu-seal")

    def seal(self, pdf: bytes) -> bytes:
        """Return `pdf` sealed.

        Raises:
            SealUnavailableError: device or time-stamp authority silent.

        """
        work = self._thread.submit(super().seal, pdf)
        try:
            return work.result(WITHIN_SECONDS)
        except TimeoutError as error:
            work.cancel()
            raise SealUnavailableError("the device does not answer") from error


class _TokenSigner(CertifiedSigner):
    """Opens its session at the first seal, in the process that uses it, and anew after an error."""

    def __init__(self, certificate: Path, key: TokenKey, chain: Sequence[Path]) -> None:
        super().__init__(certificate, chain)
        self._key = key
        self._device: PKCS11Signer | None = None
        self._refused = False

    async def sign(self, data: bytes) -> bytes:
        """Return the device's signature."""
        try:
            device = self._device = self._device or self._opened()
            return await device.async_sign_raw(data, "sha256")
        except (PKCS11Error, pkcs11.NoSuchKey, pkcs11.NoSuchToken) as error:
            self._close()
            raise SigningError(f"{type(error).__name__}: {error}") from error

    def _opened(self) -> PKCS11Signer:
        if self._refused:  # a third wrong PIN would lock the token
            raise SigningError("the PIN was refused; start again with the right one")
        try:
            session = self._session(self._key.pin)
        except UserAlreadyLoggedIn:  # by another session of this process, which counts for all
            session = self._session(None)
        except (PinIncorrect, PinLocked):
            self._refused = True
            raise
        return PKCS11Signer(
            session,
            signing_cert=self.signing_cert,
            key_label=self._key.key,
            embed_roots=False,
            use_raw_mechanism=True,  # every device signs a digest; few digest and sign in one
        )

    def _session(self, pin: str | None) -> pkcs11.Session:
        return open_pkcs11_session(
            str(self._key.library),
            token_criteria=TokenCriteria(label=self._key.token),
            user_pin=pin,
        )

    def _close(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            with suppress(PKCS11Error):  # it may be what is broken
                device.pkcs11_session.close()
