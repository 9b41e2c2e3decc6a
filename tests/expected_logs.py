"""A warning or an error in the log that no test expects fails the test in which it was written, as a bug in use would show."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

MARKER = "logs(*patterns): warnings and errors of the log that this test brings about; any other fails it"


def configure() -> None:
    """structlog hands its records to the standard library's handlers, where a test can hear them."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said: Any = record.msg
        self.heard.append(f"{record.name}: {said if isinstance(said, dict) else record.getMessage()}")


@contextmanager
def nothing_unexpected(test: pytest.Item) -> Iterator[None]:
    """Fails the test for each record of at least a warning that none of its ``logs`` markers describes."""
    expected = [pattern for marker in test.iter_markers("logs") for pattern in marker.args]
    ear, root = _Ear(), logging.getLogger()
    root.addHandler(ear)
    try:
        yield
    finally:
        root.removeHandler(ear)
    surprises = [words for words in ear.heard if not any(re.search(pattern, words) for pattern in expected)]
    assert not surprises, f"in the log, and not expected: {surprises}"
