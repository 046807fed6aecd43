"""The key ring of this deployment, read once from settings."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from juzhu.modules.vault.keys import KeyRing


@cache
def ring() -> KeyRing:
    """Return the key ring; raise ImproperlyConfigured when this deployment has no keys yet."""
    keys = settings.JUZHU.vault_keys
    if keys is None:
        raise ImproperlyConfigured(
            "There are no vault keys: set JUZHU_VAULT_KEYS_FILE, or start once with `juzhu up`."
        )
    return KeyRing.of(current=keys.current, encryption=keys.encryption, digest=keys.digest)
