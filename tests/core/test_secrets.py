"""Where passwords, tokens and push keys are kept."""

import io

import keyring
import pytest
from keyring.backends import fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError
from keyrings.cryptfile.cryptfile import CryptFileKeyring

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.secrets import (
    COMPLETE,
    PASSPHRASE_VARIABLE,
    SERVICE,
    FileSecrets,
    KeyringSecrets,
    MemorySecrets,
    PipedSecrets,
    choose_kind,
    open_secrets,
    take_piped_line,
)

REFERENCE = "integration/3/password"
PASSWORD = 'Pä"ss\nwörd \U0001f511'


class FakeKeyring:
    """A system keyring that can be locked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked("the collection is locked")

    def get_password(self, service: str, name: str) -> str | None:
        self._open()
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self._open()
        self.kept[service, name] = password

    def delete_password(self, service: str, name: str) -> None:
        self._open()
        if self.kept.pop((service, name), None) is None:
            raise PasswordDeleteError(name)


@pytest.fixture(autouse=True)
def cheap_key(monkeypatch):
    """Argon2 as it is, but not for a second each time."""
    monkeypatch.setattr(CryptFileKeyring, "time_cost", 1)
    monkeypatch.setattr(CryptFileKeyring, "memory_cost", 64)


@pytest.fixture
def backend(monkeypatch) -> FakeKeyring:
    backend = FakeKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.fixture
def any_store(request, backend, tmp_path):
    makers = {
        "memory": MemorySecrets,
        "keyring": KeyringSecrets,
        "file": lambda: FileSecrets(tmp_path / "secrets.crypt", "open sesame"),
    }
    return makers[request.param]()


@pytest.mark.parametrize("any_store", ["memory", "keyring", "file"], indirect=True)
def test_every_store_keeps_replaces_and_forgets(any_store):
    assert any_store.get(REFERENCE) is None
    any_store.set(REFERENCE, "first")
    any_store.set(REFERENCE, PASSWORD)
    any_store.set("integration/3/token", "t")
    assert any_store.get(REFERENCE) == PASSWORD
    any_store.delete(REFERENCE)
    any_store.delete(REFERENCE)
    assert (any_store.get(REFERENCE), any_store.get("integration/3/token")) == (None, "t")


def test_the_keyring_holds_secrets_under_our_name(backend):
    KeyringSecrets().set(REFERENCE, PASSWORD)
    assert backend.kept == {(SERVICE, REFERENCE): PASSWORD}


@pytest.mark.parametrize(
    "call", [lambda s: s.get(REFERENCE), lambda s: s.set(REFERENCE, "x"), lambda s: s.delete(REFERENCE)]
)
def test_a_locked_keyring_says_what_to_do(backend, call):
    store = KeyringSecrets()
    backend.locked = True
    with pytest.raises(DeskFault, match="locked") as caught:
        call(store)
    assert "Unlock it" in caught.value.advice


@pytest.mark.parametrize("nothing", [fail.Keyring, null.Keyring])
def test_without_a_keyring_the_way_out_is_named(monkeypatch, nothing, tmp_path):
    monkeypatch.setattr(keyring, "get_keyring", nothing)
    with pytest.raises(DeskFault, match="no keyring") as caught:
        open_secrets("keyring", tmp_path)
    for word in ("gnome-keyring", "--secrets file", PASSPHRASE_VARIABLE):
        assert word in caught.value.advice


def test_the_encrypted_file_opens_again_with_its_passphrase_and_shows_nothing_without(tmp_path):
    path = tmp_path / "secrets.crypt"
    FileSecrets(path, "open sesame").set(REFERENCE, "Pässwörd-1")
    assert FileSecrets(path, "open sesame").get(REFERENCE) == "Pässwörd-1"
    assert "Pässwörd-1".encode() not in path.read_bytes()
    assert b"sesame" not in path.read_bytes()


def test_a_wrong_passphrase_opens_nothing_and_changes_nothing(tmp_path):
    path = tmp_path / "secrets.crypt"
    FileSecrets(path, "open sesame").set(REFERENCE, PASSWORD)
    before = path.read_bytes()
    with pytest.raises(DeskFault, match="passphrase does not open"):
        FileSecrets(path, "close sesame")
    assert path.read_bytes() == before


def test_the_encrypted_file_asks_for_its_passphrase(tmp_path, monkeypatch):
    monkeypatch.delenv(PASSPHRASE_VARIABLE, raising=False)
    with pytest.raises(DeskFault, match="needs its passphrase") as caught:
        open_secrets("file", tmp_path)
    assert PASSPHRASE_VARIABLE in caught.value.advice


def test_the_encrypted_file_takes_its_passphrase_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "open sesame")
    open_secrets("file", tmp_path).set(REFERENCE, PASSWORD)
    assert open_secrets("file", tmp_path).get(REFERENCE) == PASSWORD


class Child:
    """The other end of a pipe of secrets."""

    def __init__(self) -> None:
        self.pipe = io.StringIO()

    def lines(self) -> list[str]:
        return self.pipe.getvalue().splitlines()

    def secrets(self) -> dict[str, str]:
        taken = MemorySecrets()
        for line in self.lines():
            take_piped_line(line, taken)
        return taken.all()


def test_a_child_gets_what_is_known_then_the_word_that_this_was_all():
    secrets, child = PipedSecrets(), Child()
    secrets.set(REFERENCE, PASSWORD)
    secrets.set("integration/3/token", "t")
    secrets.hand_to(child.pipe)
    assert child.secrets() == {REFERENCE: PASSWORD, "integration/3/token": "t"}
    assert child.lines()[-1] == COMPLETE


def test_a_child_hears_of_every_change():
    secrets, child = PipedSecrets(), Child()
    secrets.hand_to(child.pipe)
    secrets.set(REFERENCE, "old")
    secrets.set(REFERENCE, "new")
    assert child.secrets() == {REFERENCE: "new"}


def test_a_child_forgets_what_was_deleted_so_that_no_token_goes_with_a_new_host():
    secrets, child = PipedSecrets(), Child()
    secrets.set(REFERENCE, "old")
    secrets.hand_to(child.pipe)
    secrets.delete(REFERENCE)
    assert child.secrets() == {}


def test_a_dead_child_harms_nobody_and_its_successor_gets_everything():
    secrets, dead, child = PipedSecrets(), Child(), Child()
    secrets.hand_to(dead.pipe)
    dead.pipe.close()
    secrets.set(REFERENCE, PASSWORD)
    secrets.hand_to(child.pipe)
    assert child.secrets() == {REFERENCE: PASSWORD}


@pytest.mark.parametrize("line", ["", COMPLETE, "{", "[]", "5", '{"reference": "x"}', "stray output"])
def test_other_lines_are_passed_over(line):
    secrets = MemorySecrets()
    take_piped_line(line, secrets)
    assert secrets.all() == {}


def test_the_kind_of_store_is_remembered_by_the_data_folder(tmp_path):
    assert choose_kind(None, tmp_path) == "keyring"
    assert choose_kind("file", tmp_path) == "file"
    assert choose_kind(None, tmp_path) == "file"
    assert choose_kind("memory", tmp_path) == "memory"
    assert choose_kind(None, tmp_path) == "memory"


def test_a_remembered_kind_that_is_none_means_the_keyring(tmp_path):
    choose_kind("file", tmp_path)
    for path in tmp_path.iterdir():
        path.write_text("banana")
    assert choose_kind(None, tmp_path) == "keyring"


class Chained:
    """What the keyring library hands out when several keyrings are installed."""

    def __init__(self, *backends):
        self.backends = backends


def test_of_several_keyrings_only_a_real_one_is_used(monkeypatch, backend):
    monkeypatch.setattr(keyring, "get_keyring", lambda: Chained(CryptFileKeyring(), backend))
    KeyringSecrets().set("integration/1/password", "s3cret")
    assert backend.get_password("Pruvan Desk", "integration/1/password") == "s3cret"


def test_files_that_the_keyring_library_finds_are_no_keyring(monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", lambda: Chained(CryptFileKeyring()))
    with pytest.raises(DeskFault, match="no keyring"):
        KeyringSecrets()
