"""How schemathesis proves who it is: as any department does, with a token renewed in time.

Read by schemathesis itself (SCHEMATHESIS_HOOKS); its settings come from the test.
"""

import json
import os
import re
import uuid

import schemathesis

from juzhu.client import Exchange


@schemathesis.auth(refresh_interval=120)
class Token:
    """An access token of the department that may ask for everything."""

    def get(self, case, context):
        key = json.loads(os.environ["EXCHANGE_KEY"])
        exchange = Exchange(os.environ["EXCHANGE_URL"], "education", key)
        try:
            return exchange._authorization("GET", "/")["Authorization"]
        finally:
            exchange.http.close()

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": data}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Let every right idempotency key be a new one: a used one is refused, as it must be."""
    given = (case.headers or {}).get("Idempotency-Key", "")
    if re.fullmatch(r"[A-Za-z0-9._:\-]{16,64}", str(given)):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """Send what is made for a job's lines as it is."""
    return value if isinstance(value, bytes) else str(value).encode()
