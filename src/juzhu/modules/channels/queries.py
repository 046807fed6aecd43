"""Reading passes."""

import hashlib
from datetime import datetime

from juzhu.modules.channels.models import Pass


def is_open(secret: str, *, at: datetime) -> bool:
    """Say whether a pass can still be used."""
    digest = hashlib.sha256(secret.encode()).digest()
    return Pass.objects.filter(secret_digest=digest, used_at__isnull=True, until__gt=at).exists()
