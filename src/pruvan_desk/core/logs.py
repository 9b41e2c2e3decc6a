"""Logging: structlog over the standard library, JSON lines in a rotating file, secrets taken out on the way."""

import logging
import logging.handlers
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

REDACTED = "[redacted]"
SECRET_NAMES = re.compile(r"password|passphrase|token|push_?key|secret|authorization|cookie", re.IGNORECASE)
SECRET_IN_TEXT = re.compile(
    r"""(["']?(?:password|token|pushkey|secret)["']?\s*[:=]\s*["']?)([^"'&\s,}]+)|(/push/)([^/\s?"']+)""", re.IGNORECASE
)
NOISY = ("httpx", "httpcore", "uvicorn.access", "uvicorn.error", "multipart", "python_multipart", "PIL", "asyncio")


def redact(text: str) -> str:
    """``text`` without the values that follow the name of a secret, and without push keys in URLs."""
    return SECRET_IN_TEXT.sub(lambda found: f"{found[1] or found[3]}{REDACTED}", text)


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: no value of a secret's name, and no secret inside a text, gets past it."""
    for name, value in event.items():
        if SECRET_NAMES.search(name):
            event[name] = REDACTED
        elif isinstance(value, str):
            event[name] = redact(value)
    return event


def configure_logging(folder: Path | None, process: str, *, verbose: bool = False) -> None:
    """Sets logging up for this process: ``<folder>/<process>.log``, 5 files of 5 MB, and warnings on standard error."""
    for name in NOISY:  # libraries' own request lines hold push keys and payloads
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    handlers[0].setLevel(logging.DEBUG if verbose else logging.WARNING)
    if folder is not None:
        handlers.append(
            logging.handlers.RotatingFileHandler(
                folder / f"{process}.log", maxBytes=5_000_000, backupCount=4, encoding="utf-8", delay=True
            )
        )
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        foreign_pre_chain=shared,
    )
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(formatter)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound
