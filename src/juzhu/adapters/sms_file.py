"""The file that names the providers of short messages, most preferred first."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from juzhu.adapters.sms_alibaba import AlibabaSettings, AlibabaSms
from juzhu.adapters.sms_smpp import SmppSettings, SmppSms
from juzhu.adapters.sms_tencent import TencentSettings, TencentSms
from juzhu.ports.sms import SmsGateway

SHORTEST_TOKEN: Final = 32
LONGEST_NAME: Final = 16

Settings = TencentSettings | AlibabaSettings | SmppSettings


class SmsFileError(ValueError):
    """The file cannot be used; the message says why and names no secret."""


def read_providers(path: Path) -> Mapping[str, SmsGateway]:
    """Return the providers in the file by name, in its order.

    Raises:
        SmsFileError: missing, open to other accounts, not understood, or incomplete.

    """
    try:
        if path.stat().st_mode & 0o077:
            raise SmsFileError(f"{path} must be readable by its owner only (chmod 600)")
        found = msgspec.json.decode(path.read_bytes(), type=list[Settings])
    except OSError as error:
        raise SmsFileError(f"{path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise SmsFileError(f"{path}: {error}") from error
    providers = [_provider(settings) for settings in found]
    names = [provider.name for provider in providers]
    if not names or len(set(names)) < len(names):
        raise SmsFileError(f"{path}: providers need names of their own, and one at least")
    for provider in providers:
        if not 1 <= len(provider.name) <= LONGEST_NAME:
            raise SmsFileError(f"{path}: a name has 1 to {LONGEST_NAME} characters")
        if provider.callback_token and len(provider.callback_token) < SHORTEST_TOKEN:
            raise SmsFileError(f"{path}: callback_token needs {SHORTEST_TOKEN} random characters")
    return dict(zip(names, providers, strict=True))


def _provider(settings: Settings) -> SmsGateway:
    match settings:
        case TencentSettings():
            return TencentSms(settings)
        case AlibabaSettings():
            return AlibabaSms(settings)
        case SmppSettings():
            return SmppSms(settings)
