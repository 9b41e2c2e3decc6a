"""The certificate of the field gateway: two files in PEM form, looked at before they are used."""

import ssl
from pathlib import Path

from pruvan_desk.core.errors import UsageError


def server_tls(certificate: str, key: str) -> ssl.SSLContext:
    """TLS for a server. Raises :class:`UsageError` when the files are not there, or do not belong together."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        raise UsageError(
            f"The certificate cannot be used: {error.reason or error}.",
            "It takes a certificate and its own key without a password, both as PEM files.",
        ) from error
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The certificate cannot be read: {getattr(error, 'strerror', None) or error}.",
            "Choose the PEM files of the certificate and of its key, without a password.",
        ) from error
    return context


def file_times(*paths: str) -> tuple[int, ...]:
    """When each file was last written, in nanoseconds; 0 for one that is not there."""
    times = []
    for path in paths:
        try:
            times.append(Path(path).stat().st_mtime_ns if path else 0)
        except OSError:
            times.append(0)
    return tuple(times)


def check_certificate(certificate: str, key: str) -> None:
    """Raises :class:`UsageError` when no server could use it."""
    if not certificate or not key:
        raise UsageError(
            "The local network needs a certificate.", "Choose the file of the certificate and that of its key."
        )
    server_tls(certificate, key)


def _no_password() -> str:
    """Called for a key that has one: never ask on standard input."""
    raise ValueError("the key has a password")
