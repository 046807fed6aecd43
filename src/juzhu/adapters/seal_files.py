"""The files that belong to one seal, and whether they are the trial's, which nobody may mistake."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from cryptography import x509
from cryptography.x509.oid import NameOID

from juzhu.adapters.seal_local import TRIAL_ORGANISATION
from juzhu.adapters.seal_pades import TRIAL_SEAL, TimeStamps


class _BesideKey(TypedDict):
    chain: tuple[Path, ...]
    picture: Path
    times: TimeStamps | None


class TrialSealError(ValueError):
    """A file of the trial's seal was given where only a real one may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealFiles:
    """Everything of a seal but its key.

    Attributes:
        certificate: PEM file of its certificate.
        roots: PEM files of its root and of the time-stamp authority's.
        chain: PEM files of the certificates between it and its root.
        former: PEM files of certificates it had before.
        picture: SVG of it.
        times: the time-stamp authority, None for none.

    """

    certificate: Path
    roots: tuple[Path, ...]
    chain: tuple[Path, ...] = ()
    former: tuple[Path, ...] = ()
    picture: Path = TRIAL_SEAL
    times: TimeStamps | None = None

    def beside_key(self) -> "_BesideKey":
        """Return what every sealer takes beside its key, as keyword arguments."""
        return {"chain": self.chain, "picture": self.picture, "times": self.times}

    def refuse_trial(self) -> None:
        """Raise TrialSealError when a certificate or the picture is a trial's.

        Raises:
            OSError: a file cannot be read.
            ValueError: a file is no certificate.

        """
        for path in (self.certificate, *self.former, *self.chain, *self.roots):
            for certificate in x509.load_pem_x509_certificates(path.read_bytes()):
                if _organisation(certificate) == TRIAL_ORGANISATION:
                    raise TrialSealError(f"{path} is the trial's (样章测试)")
        if self.picture.read_bytes() == TRIAL_SEAL.read_bytes():
            raise TrialSealError(f"{self.picture} is the trial's (样章测试)")


def _organisation(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(names[0].value) if names else ""
