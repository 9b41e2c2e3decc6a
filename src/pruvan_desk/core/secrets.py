"""Passwords, tokens and push keys: in the system keyring, in an encrypted file, or in memory. Never in the database.

The database holds a *reference*, such as ``integration/3/password``. The window hands the secrets of its memory to the
engine through a pipe, so that the sandbox works on a machine without a keyring and nothing is written anywhere.
"""

import json
import os
from pathlib import Path
from typing import IO, Protocol

from pruvan_desk.core.errors import DeskFault

SERVICE = "Pruvan Desk"
KINDS = ("keyring", "file", "memory")
KIND_FILE = "secrets.kind"
COMPLETE = "complete"
"""The line after which a child has every secret that was known when it started."""
PASSPHRASE_VARIABLE = "PRUVAN_DESK_PASSPHRASE"  # noqa: S105 - the name of a variable, not a passphrase


class SecretStore(Protocol):
    """Where secrets are kept."""

    kind: str

    def get(self, reference: str) -> str | None:
        """The secret, or ``None`` when there is none. Raises :class:`DeskFault` when the store cannot be read."""

    def set(self, reference: str, secret: str) -> None:
        """Keeps a secret. Raises :class:`DeskFault` when it cannot."""

    def delete(self, reference: str) -> None:
        """Forgets a secret; nothing happens when there is none."""


class MemorySecrets:
    """Secrets that go with the process: the sandbox, the demo, tests."""

    kind = "memory"

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def get(self, reference: str) -> str | None:
        """The secret, or ``None``."""
        return self._secrets.get(reference)

    def set(self, reference: str, secret: str) -> None:
        """Keeps a secret."""
        self._secrets[reference] = secret

    def delete(self, reference: str) -> None:
        """Forgets a secret."""
        self._secrets.pop(reference, None)

    def all(self) -> dict[str, str]:
        """Everything held, to hand on to a child process."""
        return dict(self._secrets)


class PipedSecrets(MemorySecrets):
    """Secrets in memory that are handed on, as they change, to a child process through its standard input."""

    def __init__(self) -> None:
        super().__init__()
        self._pipe: IO[str] | None = None

    def hand_to(self, pipe: IO[str] | None) -> None:
        """From now on ``pipe`` gets every secret as a line of JSON, those known already at once, then ``COMPLETE``."""
        self._pipe = pipe
        for reference, secret in self.all().items():
            self._send(reference, secret)
        self._write(COMPLETE)

    def set(self, reference: str, secret: str) -> None:
        """Keeps a secret and hands it on."""
        super().set(reference, secret)
        self._send(reference, secret)

    def delete(self, reference: str) -> None:
        """Forgets a secret, and lets the child forget it: it must not go with a new host."""
        super().delete(reference)
        self._send(reference, None)

    def _send(self, reference: str, secret: str | None) -> None:
        self._write(json.dumps({"reference": reference, "secret": secret}))

    def _write(self, line: str) -> None:
        if self._pipe is None:
            return
        try:
            self._pipe.write(line + "\n")
            self._pipe.flush()
        except (OSError, ValueError):  # the child is gone; its successor gets everything again
            self._pipe = None


def take_piped_line(line: str, secrets: MemorySecrets) -> None:
    """Keeps, or forgets, what a line of :class:`PipedSecrets` says; other lines are passed over."""
    try:
        entry = json.loads(line)
        reference, secret = entry["reference"], entry["secret"]
    except (ValueError, KeyError, TypeError):
        return
    if secret is None:
        secrets.delete(reference)
    else:
        secrets.set(reference, secret)


class KeyringSecrets:
    """The system keyring: Windows Credential Locker, macOS Keychain, Secret Service."""

    kind = "keyring"

    def __init__(self) -> None:
        import keyring  # noqa: PLC0415 - loading its back ends takes a while, and the sandbox needs none
        import keyring.errors  # noqa: PLC0415

        found = keyring.get_keyring()
        real = [one for one in getattr(found, "backends", [found]) if _is_a_real_keyring(one)]
        if not real:
            raise DeskFault(
                "This computer has no keyring to keep passwords in.",
                "Install one (on Linux: gnome-keyring or KWallet, with D-Bus), or choose an encrypted file: start with "
                f"--secrets file and set the passphrase in {PASSPHRASE_VARIABLE}.",
            )
        self._keyring = real[0]
        self._error = keyring.errors.KeyringError

    @property
    def backend(self) -> str:
        """The name of the keyring in use."""
        return f"{type(self._keyring).__module__}.{type(self._keyring).__name__}"

    def get(self, reference: str) -> str | None:
        """The secret, or ``None``."""
        try:
            secret: str | None = self._keyring.get_password(SERVICE, reference)
        except self._error as error:
            raise _unreadable(error) from error
        return secret

    def set(self, reference: str, secret: str) -> None:
        """Keeps a secret."""
        try:
            self._keyring.set_password(SERVICE, reference, secret)
        except self._error as error:
            raise _unreadable(error) from error

    def delete(self, reference: str) -> None:
        """Forgets a secret."""
        import keyring.errors  # noqa: PLC0415 - as above

        try:
            self._keyring.delete_password(SERVICE, reference)
        except keyring.errors.PasswordDeleteError:
            return
        except self._error as error:
            raise _unreadable(error) from error


class FileSecrets:
    """An encrypted file (AES-GCM, Argon2) for machines without a keyring, chosen explicitly, opened by a passphrase."""

    kind = "file"

    def __init__(self, path: Path, passphrase: str) -> None:
        from keyrings.cryptfile.cryptfile import CryptFileKeyring  # noqa: PLC0415 - rarely used

        self._keyring = CryptFileKeyring()
        self._keyring.file_path = str(path)
        if not passphrase:
            raise DeskFault(
                "The encrypted file of secrets needs its passphrase.", f"Set it in the variable {PASSPHRASE_VARIABLE}."
            )
        try:
            self._keyring.keyring_key = passphrase
        except ValueError as error:
            raise DeskFault("The passphrase does not open the encrypted file of secrets.", "Try again.") from error

    def get(self, reference: str) -> str | None:
        """The secret, or ``None``."""
        secret: str | None = self._keyring.get_password(SERVICE, reference)
        return secret

    def set(self, reference: str, secret: str) -> None:
        """Keeps a secret."""
        self._keyring.set_password(SERVICE, reference, secret)

    def delete(self, reference: str) -> None:
        """Forgets a secret."""
        if self.get(reference) is not None:
            self._keyring.delete_password(SERVICE, reference)


def choose_kind(chosen: str | None, data_root: Path) -> str:
    """The kind of store for a data folder: the one chosen now, which is remembered there, or the one chosen before."""
    path = data_root / KIND_FILE
    if chosen is not None:
        path.write_text(chosen, encoding="utf-8")
        return chosen
    try:
        remembered = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return "keyring"
    return remembered if remembered in KINDS else "keyring"


def open_secrets(kind: str, data_root: Path) -> SecretStore:
    """The store of the chosen kind: ``keyring``, ``file`` or ``memory``. Raises :class:`DeskFault` with the way out."""
    if kind == "memory":
        return PipedSecrets()
    if kind == "file":
        return FileSecrets(data_root / "secrets.crypt", os.environ.get(PASSPHRASE_VARIABLE, ""))
    return KeyringSecrets()


def _is_a_real_keyring(backend: object) -> bool:
    """Not ``fail``, ``null``, nor one that keeps clear text or asks on standard input.

    The keyring library chains whatever is installed, the files of our own encrypted store among it, so each is judged alone.
    """
    module = type(backend).__module__
    return not module.startswith(
        ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt.", "keyrings.cryptfile.")
    )


def _unreadable(error: Exception) -> DeskFault:
    return DeskFault(f"The keyring cannot be used: {error}", "Unlock it, and try again.")
