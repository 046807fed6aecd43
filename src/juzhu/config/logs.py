"""Structured logs without personal data.

Every line of the process, ours, Django's, the web server's and the job runner's, goes through the
same steps. The last one masks citizen numbers, phone numbers and house codes wherever they stand,
a traceback included: a forgotten one in an error message never reaches a log file.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Final

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

_GAP: Final = r"[ \-]?"
_MASKS: Final = (
    # 25 digits: the house code (房屋编码).
    (re.compile(r"(?<!\d)\d{25}(?!\d)"), "<house code>"),
    # 17 digits and a check character, as written or in groups: the citizen number (公民身份号码).
    (re.compile(rf"(?<!\d)\d{{6}}{_GAP}\d{{8}}{_GAP}\d{{3}}[\dXx](?!\d)"), "<citizen number>"),
    # 15 digits: the citizen number before 1999.
    (re.compile(r"(?<!\d)\d{15}(?!\d)"), "<citizen number>"),
    # 11 digits from 13 on, perhaps in groups or after the country's 86: a mobile phone.
    (re.compile(rf"(?<!\d)(?:(?:00)?86)?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)"), "<phone>"),
    # A longer run may hold any of them, for example two numbers side by side.
    (re.compile(r"\d{15,}[Xx]?"), "<long number>"),
)
_OTHERS: Final = ("django", "django.request", "django.server", "procrastinate", "_granian")
_CHATTY: Final = (
    "asyncio",
    "httpx",  # its lines hold addresses, and addresses hold the names of checks
    "psycopg.pool",
    "procrastinate.blueprints",
    "procrastinate.periodic",
)


def mask(text: str) -> str:
    """Return `text` with every citizen number, phone number and house code replaced."""
    for pattern, name in _MASKS:
        text = pattern.sub(name, text)
    return text


def configure(wishes: Mapping[str, Any]) -> None:
    """Send all logging of this process to standard error; the value of `LOGGING_CONFIG`.

    Args:
        wishes: `format` is "json" or "console", `level` the least severity.

    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # tests configure anew
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer(str(wishes["format"])),
            ],
        )
    )
    _attach(handler, str(wishes["level"]))


def _attach(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _OTHERS:
        other = logging.getLogger(name)
        other.handlers = []
        other.propagate = True
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # 4xx are counted and logged by us; strangers who guess host names are none of our errors.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    logging.getLogger("django.security.DisallowedHost").setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)


def renderer(kind: str) -> Processor:
    """Return the last step: the event as one masked line."""
    if kind == "json":
        # Without ASCII escapes: "深12…" must not become digits that hide the number's start.
        line: Any = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    else:
        line = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )

    def render(logger: WrappedLogger, method: str, event: EventDict) -> str:
        return mask(str(line(logger, method, event)))

    return render


def server_logging() -> dict[str, Any]:
    """Return the web server's own logging settings: leave it to ours."""
    ours = {"handlers": [], "level": "INFO", "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {},
        "handlers": {},
        "loggers": {"_granian": ours, "granian.access": ours},
    }
