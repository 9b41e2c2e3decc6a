"""Logging: structlog over the standard library, JSON lines in a rotating file, secrets taken out on the way.

structlog takes longer to load than the window to be drawn, so it is loaded when the first line is written.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import structlog

REDACTED = "[redacted]"
SECRET_NAMES = re.compile(r"password|passphrase|token|push_?key|secret|authorization|cookie", re.IGNORECASE)
SECRET_IN_TEXT = re.compile(
    r"""
    (                                                       # the name, plain, quoted, or percent-encoded, and what parts it
        (?:password|passphrase|token|push_?key|secret|authorization|cookie)\w*
        (?:\\*["']|%22|%27)? \s* (?:[:=]|%3A|%3D) (?:\s|\+|%20)*
    )
    (?:                                                     # its value
        "(?:[^"\\]|\\+.)*"? | '(?:[^'\\]|\\+.)*'?           # quoted
        | (\\+)".*?(?<!\\)\2"                              # in JSON within JSON
        | %22(?:%5C%5C|%5C%22|(?!%22).)*(?:%22)?            # in a form's body
        | (?:bearer|basic)\s+[^\s"',]+ | [^"'&\s,;}]+       # bare
    )
    | ((?:/|%2F)push(?:/|%2F)) (?:(?!%2F)[^/\s?"'&\\])+
    | (://) [^/\s@"']+ @
    """,
    re.IGNORECASE | re.VERBOSE,
)
NOISY = ("httpx", "httpcore", "uvicorn.access", "uvicorn.error", "multipart", "python_multipart", "PIL", "asyncio")


def redact(text: str) -> str:
    """``text`` without the values that follow the name of a secret, and without push keys and logins in URLs."""
    return SECRET_IN_TEXT.sub(
        lambda found: f"{found[1] or found[3] or found[4]}{REDACTED}{'@' if found[4] else ''}", text
    )


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: no value of a secret's name, and no secret inside a text, gets past it, however deep it is."""
    for name, value in event.items():
        if not name.startswith("_"):  # structlog's own, taken out before rendering
            event[name] = REDACTED if SECRET_NAMES.search(name) else _redacted(value)
    return event


def _redacted(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {
            str(name): REDACTED if SECRET_NAMES.search(str(name)) else _redacted(inner) for name, inner in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_redacted(inner) for inner in value]
    return redact(repr(value))  # as the renderer would write it


def configure_logging(folder: Path | None, process: str, *, verbose: bool = False) -> None:
    """Sets logging up for this process: ``<folder>/<process>.log``, 5 files of 5 MB, and warnings on standard error."""
    for name in NOISY:  # libraries' own request lines hold push keys and payloads
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True
    _structlog.is_configured = False
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    handlers[0].setLevel(logging.DEBUG if verbose else logging.WARNING)
    if folder is not None:
        handlers.append(_LateFile(folder / f"{process}.log"))
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(_JsonLines())


def logger(name: str) -> "structlog.stdlib.BoundLogger":
    """The logger of a module."""
    return cast("structlog.stdlib.BoundLogger", _LateLogger(name))


class _LateLogger:
    """Stands in for structlog's logger until something is written."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, method: str) -> Any:
        return getattr(_structlog.logger(self._name), method)


class _Structlog:
    """structlog, set up when it is first needed after :func:`configure_logging`."""

    is_configured = True
    """Until then it is as the library, or a test, has left it."""

    def logger(self, name: str) -> Any:
        structlog = _library()
        if not self.is_configured:
            self.is_configured = True
            structlog.configure(
                processors=[*_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
                logger_factory=structlog.stdlib.LoggerFactory(),
                wrapper_class=structlog.stdlib.BoundLogger,
                cache_logger_on_first_use=True,
            )
        return structlog.stdlib.get_logger(name)


_structlog = _Structlog()


class _LateFile(logging.Handler):
    """A rotating file, opened for the first line: the library's handlers load half of the network's modules."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @cached_property
    def _file(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler  # noqa: PLC0415 - as said above

        made = RotatingFileHandler(self._path, maxBytes=5_000_000, backupCount=4, encoding="utf-8")
        made.setFormatter(self.formatter)
        return made

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._file.emit(record)
        except OSError:  # it cannot be opened: said on standard error, as for every other trouble with it
            self.handleError(record)

    def close(self) -> None:
        if "_file" in vars(self):
            self._file.close()
        super().close()


class _JsonLines(logging.Formatter):
    """One JSON object a line, whoever wrote it."""

    def format(self, record: logging.LogRecord) -> str:
        return _formatter().format(record)


@cache
def _library() -> Any:
    """structlog, when something is written, as the head of this module says; without rich.

    It would load that for tracebacks in colour on a console, which nobody sees here: 5 MB, and a sixth of the time it takes.
    """
    is_ours_to_hide = "rich" not in sys.modules
    if is_ours_to_hide:
        sys.modules["rich"] = None  # type: ignore[assignment]  # this is how Python is told that there is none
    try:
        import structlog  # noqa: PLC0415 - as said
    finally:
        if is_ours_to_hide:
            del sys.modules["rich"]
    return structlog


@cache
def _formatter() -> logging.Formatter:
    structlog = _library()
    formatter: logging.Formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        foreign_pre_chain=_processors(),
    )
    return formatter


def _processors() -> list[Any]:
    structlog = _library()
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact_event,
    ]
