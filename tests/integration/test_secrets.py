"""Private files on disk, and tokens where users really have them."""

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.secrets.private_files import DiskPrivateFiles
from adapters.secrets.system_keyring import SystemKeyring, installed_keyring
from adapters.secrets.tokens import SystemTokens, TokenPlace
from application.ports.private_files import PrivateFiles
from application.ports.tokens import Tokens
from contracts.private_files_contract import PrivateFilesContract
from contracts.tokens_contract import GIVEN, KEPT, TokensContract
from domain.errors import FileError, TokenNotSet

URL = "https://gitlab.example.com"


class KeyringRefused(Exception):
    """What the keyring package raises."""


class FakeKeyring:
    """The `keyring` package's functions over a dictionary."""

    def __init__(self, *, locked: bool = False) -> None:
        self.passwords: dict[tuple[str, str], str] = {}
        self.locked = locked

    def _refuse(self) -> None:
        if self.locked:
            raise KeyringRefused

    def get_password(self, service_name: str, username: str) -> str | None:
        self._refuse()
        return self.passwords.get((service_name, username))

    def set_password(self, service_name: str, username: str, password: str) -> None:
        self._refuse()
        self.passwords[service_name, username] = password

    def delete_password(self, service_name: str, username: str) -> None:
        self._refuse()
        del self.passwords[service_name, username]


class KeyringThatLocksItself(FakeKeyring):
    """It answers one question and is locked at the next."""

    def get_password(self, service_name: str, username: str) -> str | None:
        password = super().get_password(service_name, username)
        self.locked = True
        return password


class TestDiskPrivateFiles(PrivateFilesContract):
    @pytest.fixture
    def files(self) -> PrivateFiles:
        return DiskPrivateFiles()

    @pytest.fixture
    def path(self, tmp_path: Path) -> str:
        return str(tmp_path / "new" / "folder" / "file")

    def test_only_the_owner_may_read_file_and_new_folders(self, files: PrivateFiles, path: str) -> None:
        files.write(path, "text")
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
        assert stat.S_IMODE(Path(path).parent.stat().st_mode) == 0o700

    def test_a_file_that_others_could_read_becomes_private(self, files: PrivateFiles, tmp_path: Path) -> None:
        file = tmp_path / "open"
        file.write_text("old")
        file.chmod(0o644)
        files.write(str(file), "new")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_a_link_stays_a_link(self, files: PrivateFiles, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(tmp_path / "real")
        files.write(str(tmp_path / "link"), "text")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real").read_text() == "text"

    def test_a_write_that_fails_leaves_the_old_text_and_no_litter(
        self, files: PrivateFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files.write(str(tmp_path / "file"), "old")

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(FileError, match="No space left"):
            files.write(str(tmp_path / "file"), "new")
        assert [path.name for path in tmp_path.iterdir()] == ["file"]
        assert files.read(str(tmp_path / "file")) == "old"

    def test_a_folder_in_the_files_place_is_told(self, files: PrivateFiles, tmp_path: Path) -> None:
        for act in (files.read, files.remove, lambda path: files.write(path, "text")):
            with pytest.raises(FileError) as raised:
                act(str(tmp_path))
            assert raised.value.details == {"path": str(tmp_path)}

    def test_bytes_that_are_no_text_are_told(self, files: PrivateFiles, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"\xff\xfe")
        with pytest.raises(FileError, match="UTF-8"):
            files.read(str(tmp_path / "file"))


def system_tokens(
    folder: Path,
    *,
    keyring: SystemKeyring | None = None,
    environ: Mapping[str, str] | None = None,
    work: TokenPlace | None = None,
) -> SystemTokens:
    places = {"work": work or TokenPlace(url=URL), "given": TokenPlace(url=f"{URL}/given", variable="GIVEN")}
    return SystemTokens(
        places,
        environ={"GIVEN": GIVEN, **(environ or {})},
        files=DiskPrivateFiles(),
        folder=folder / "tokens",
        keyring=keyring,
    )


class TestTokensKeptInFiles(TokensContract):
    @pytest.fixture
    def tokens(self, tmp_path: Path) -> Tokens:
        return system_tokens(tmp_path)


class TestTokensKeptInTheKeyring(TokensContract):
    @pytest.fixture
    def tokens(self, tmp_path: Path) -> Tokens:
        return system_tokens(tmp_path, keyring=SystemKeyring(FakeKeyring(), KeyringRefused))


class TestTokensBesideALockedKeyring(TokensContract):
    @pytest.fixture
    def tokens(self, tmp_path: Path) -> Tokens:
        return system_tokens(tmp_path, keyring=SystemKeyring(FakeKeyring(locked=True), KeyringRefused))


class TestSystemTokens:
    def test_a_kept_file_is_its_owners_alone(self, tmp_path: Path) -> None:
        system_tokens(tmp_path).keep("work", KEPT)
        (kept,) = (tmp_path / "tokens").iterdir()
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    def test_a_kept_token_stays_with_its_address(self, tmp_path: Path) -> None:
        system_tokens(tmp_path).keep("work", KEPT)
        moved = system_tokens(tmp_path, work=TokenPlace(url="https://elsewhere.example.com"))
        with pytest.raises(TokenNotSet):
            moved.find("work")

    def test_a_token_goes_into_the_keyring_and_not_into_a_file(self, tmp_path: Path) -> None:
        package = FakeKeyring()
        system_tokens(tmp_path).keep("work", GIVEN)
        tokens = system_tokens(tmp_path, keyring=SystemKeyring(package, KeyringRefused))
        assert tokens.keep("work", KEPT) == "keyring"
        assert package.passwords == {("lore", URL): KEPT}
        assert list((tmp_path / "tokens").iterdir()) == []

    def test_the_keyring_that_locks_itself_refuses_to_forget(self) -> None:
        keyring = SystemKeyring(KeyringThatLocksItself(), KeyringRefused)
        keyring.write("name", KEPT)
        with pytest.raises(FileError, match="keyring"):
            keyring.remove("name")

    def test_without_the_package_there_is_no_keyring(self) -> None:
        assert installed_keyring("no_such_package_as_this") is None

    def test_a_token_file_is_read(self, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text(f"{KEPT}\n")
        file.chmod(0o600)
        found = system_tokens(tmp_path, work=TokenPlace(url=URL, file=file)).find("work")
        assert (found.secret, found.origin, found.exposed) == (KEPT, f"file {file}", False)

    def test_a_token_file_that_others_may_read_is_told_of(self, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text(KEPT)
        file.chmod(0o640)
        assert system_tokens(tmp_path, work=TokenPlace(url=URL, file=file)).find("work").exposed

    def test_a_token_file_that_is_missing_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(TokenNotSet, match="nowhere"):
            system_tokens(tmp_path, work=TokenPlace(url=URL, file=tmp_path / "nowhere")).find("work")

    def test_a_variable_that_is_not_set_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(TokenNotSet, match="WORK_TOKEN is not set"):
            system_tokens(tmp_path, work=TokenPlace(url=URL, variable="WORK_TOKEN")).find("work")

    def test_a_command_gives_its_first_line(self, tmp_path: Path) -> None:
        command = (sys.executable, "-c", f"print({KEPT!r}); print('and more')")
        found = system_tokens(tmp_path, work=TokenPlace(url=URL, command=command)).find("work")
        assert (found.secret, found.origin) == (KEPT, f"command {sys.executable}")

    @pytest.mark.parametrize("code", ["", f"print({KEPT!r}); raise SystemExit(3)", "print()"])
    def test_a_command_that_fails_shows_nothing_of_what_it_printed(self, tmp_path: Path, code: str) -> None:
        place = TokenPlace(url=URL, command=(sys.executable, "-c", code))
        with pytest.raises(TokenNotSet) as raised:
            system_tokens(tmp_path, work=place).find("work")
        assert KEPT not in str(raised.value)

    def test_a_command_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        place = TokenPlace(url=URL, command=(str(tmp_path / "nothing"),))
        with pytest.raises(TokenNotSet, match="nothing gave no token"):
            system_tokens(tmp_path, work=place).find("work")

    def test_the_variable_goes_before_the_file(self, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text(KEPT)
        place = TokenPlace(url=URL, variable="WORK", file=file)
        assert system_tokens(tmp_path, environ={"WORK": GIVEN}, work=place).find("work").secret == GIVEN

    @pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read_is_told(self, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text(KEPT)
        file.chmod(0)
        with pytest.raises(FileError):
            system_tokens(tmp_path, work=TokenPlace(url=URL, file=file)).find("work")
