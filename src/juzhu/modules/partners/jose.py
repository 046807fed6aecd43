"""Keys and signatures of partners (RFC 7515, 7517, 7638): Ed25519 and P-256, nothing else."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry

from juzhu.modules.partners import strict_json

LONGEST: Final = 8192
KID: Final = re.compile(r"[A-Za-z0-9._\-]{1,64}")
_ALGORITHMS: Final = {"EdDSA": "OKP", "Ed25519": "OKP", "ES256": "EC"}
_CURVES: Final = {("OKP", "Ed25519"), ("EC", "P-256")}
_HEADER: Final = jws.JWSRegistry.default_header_registry

PublicKey = OKPKey | ECKey


class JoseRefusedError(Exception):
    """A key or signature is not to be believed; the message may be told."""


class _Registry(JWSRegistry):
    """Our three names of algorithms. "EdDSA" is what RFC 7523 libraries still write."""

    max_header_length = 2048  # a DPoP proof carries its key there

    def get_alg(self, name: str) -> Any:
        if name not in _ALGORITHMS:
            raise JoseRefusedError(f"alg must be one of {', '.join(_ALGORITHMS)}.")
        return self.algorithms[name]


_REGISTRY: Final = _Registry(strict_check_header=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a checked signature covers."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def public_key(jwk: object) -> PublicKey:
    """Return the public key in a JSON Web Key.

    Raises:
        JoseRefusedError: not a key, another curve, or a private key: that one must be thrown away.

    """
    if not isinstance(jwk, Mapping):
        raise JoseRefusedError("A key is a JSON object (RFC 7517).")
    if "d" in jwk or "k" in jwk:
        raise JoseRefusedError("This is a private key: destroy it and register a public one.")
    kind, curve = str(jwk.get("kty")), str(jwk.get("crv"))
    if (kind, curve) not in _CURVES:
        raise JoseRefusedError("A key is Ed25519 (kty OKP) or P-256 (kty EC).")
    plain = {name: jwk[name] for name in ("kty", "crv", "x", "y") if name in jwk}
    try:
        key: PublicKey = OKPKey.import_key(plain) if kind == "OKP" else ECKey.import_key(plain)
        key.public_key  # noqa: B018  # made on first use: a point off the curve shows here
    except (JoseError, ValueError, TypeError) as error:
        raise JoseRefusedError("The key's coordinates are not those of a point.") from error
    return key


def read_key(text: str) -> tuple[PublicKey, str]:
    """Return the public key in a file's text, JWK or PEM, and its own name ("" without one).

    Raises:
        JoseRefusedError: as `public_key`.

    """
    if "-----BEGIN" in text:
        return public_key(_from_pem(text)), ""
    try:
        jwk = strict_json.read(text.encode())
    except strict_json.RefusedError as error:
        raise JoseRefusedError(f"The key is neither PEM nor JWK: {error}") from None
    return public_key(jwk), str(jwk.get("kid", ""))


def named_key(text: str, name: str = "") -> tuple[PublicKey, str]:
    """Return the public key in a text and the name it is to have: this one, its own, or its print.

    Raises:
        JoseRefusedError: as `public_key`, or a name that cannot be one.

    """
    key, own = read_key(text)
    kid = name or own or thumbprint(key)
    if KID.fullmatch(kid) is None:
        raise JoseRefusedError(
            "a key's name is 1 to 64 letters, digits, dots, hyphens, underscores"
        )
    return key, kid


def _from_pem(text: str) -> dict[str, Any]:
    if "PRIVATE" in text:
        raise JoseRefusedError("This is a private key: destroy it and register a public one.")
    for kind in (OKPKey, ECKey):
        try:
            return dict(kind.import_key(text).as_dict(private=False))
        except (JoseError, ValueError, TypeError):
            continue
    raise JoseRefusedError("The PEM holds neither an Ed25519 nor a P-256 key.")


def thumbprint(key: PublicKey) -> str:
    """Return the RFC 7638 thumbprint of a key."""
    return key.thumbprint()


def opened(text: str, find_key: Callable[[Mapping[str, Any]], PublicKey]) -> Opened:
    """Return header and claims of a signed JWT after checking its signature.

    Args:
        text: compact serialisation.
        find_key: the key that the header calls for; may raise JoseRefusedError.

    Raises:
        JoseRefusedError: malformed, another algorithm, or a signature that is not the key's.

    """
    if not text or len(text) > LONGEST or not text.isascii():
        raise JoseRefusedError("This is not a signed JWT.")
    try:
        parts = jws.extract_compact(text.encode(), registry=_REGISTRY)
        header = parts.headers()
        key = find_key(header)
        if _ALGORITHMS.get(str(header.get("alg"))) != key.key_type:
            raise JoseRefusedError("alg does not go with the key.")
        if not jws.validate_compact(parts, key, registry=_REGISTRY):
            raise JoseRefusedError("The signature is not one of this key.")
        claims = strict_json.read(parts.payload)
    except strict_json.RefusedError as error:
        raise JoseRefusedError(f"Claims: {error}") from None
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise JoseRefusedError("This is not a signed JWT.") from error
    if not isinstance(claims, dict):
        raise JoseRefusedError("The claims are not a JSON object.")
    return Opened(header, claims)
