"""Tokens where users have them: a variable, a file, the answer of a command, or kept by `lore token set`."""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from adapters.secrets.system_keyring import SystemKeyring
from application.ports.private_files import PrivateFiles
from application.ports.tokens import FoundToken
from domain.access_tokens import usable_token
from domain.errors import ConfigInvalid, FileError, TokenNotSet
from domain.safe_text import single_line

_COMMAND_SECONDS = 30
_OTHERS = 0o077


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlace:
    """Where the token of one instance may be, in the order of the fields; what `keep` kept comes last."""

    url: str
    """A kept token belongs to this address, so that it goes nowhere else when an instance's url is changed."""
    variable: str | None = None
    file: Path | None = None
    command: tuple[str, ...] | None = None


class SystemTokens:
    def __init__(
        self,
        places: Mapping[str, TokenPlace],
        *,
        environ: Mapping[str, str],
        files: PrivateFiles,
        folder: Path,
        keyring: SystemKeyring | None,
    ) -> None:
        self._places = places
        self._environ = environ
        self._files = files
        self._folder = folder
        self._keyring = keyring

    def find(self, instance: str) -> FoundToken:
        place = self._place(instance)
        for found in self._looked_up(place):
            usable_token(found.secret, found.origin)
            return found
        raise _not_set(instance, place)

    def _looked_up(self, place: TokenPlace) -> Iterator[FoundToken]:
        if place.variable is not None and (value := self._environ.get(place.variable, "").strip()):
            yield FoundToken(secret=value, origin=f"environment {place.variable}")
        if place.file is not None and (value := (self._files.read(str(place.file)) or "").strip()):
            yield FoundToken(secret=value, origin=f"file {place.file}", exposed=_is_exposed(place.file))
        if place.command is not None:
            yield FoundToken(secret=_answer_of(place.command), origin=f"command {place.command[0]}")
        if self._keyring is not None and (value := self._keyring.read(place.url) or ""):
            yield FoundToken(secret=value, origin="keyring")
        kept = self._kept_file(place)
        if value := (self._files.read(str(kept)) or "").strip():
            yield FoundToken(secret=value, origin=f"file {kept}", exposed=_is_exposed(kept))

    def keep(self, instance: str, secret: str) -> str:
        place = self._place(instance)
        secret = usable_token(secret.strip(), "what was given")
        kept = self._kept_file(place)
        if self._keyring is not None and self._keyring.write(place.url, secret):
            self._files.remove(str(kept))
            return "keyring"
        self._files.write(str(kept), f"{secret}\n")
        return f"file {kept}"

    def forget(self, instance: str) -> bool:
        place = self._place(instance)
        in_keyring = self._keyring is not None and self._keyring.remove(place.url)
        return self._files.remove(str(self._kept_file(place))) or in_keyring

    def _kept_file(self, place: TokenPlace) -> Path:
        return self._folder / quote(place.url, safe="")

    def _place(self, instance: str) -> TokenPlace:
        place = self._places.get(instance)
        if place is None:
            names = ", ".join(self._places) or "none"
            raise ConfigInvalid(f"No instance is called {single_line(instance)}.", suggestion=f"Configured: {names}.")
        return place


def _answer_of(command: tuple[str, ...]) -> str:
    """The first line that the command prints. What it prints is shown to nobody."""
    try:
        ran = subprocess.run(command, capture_output=True, check=False, timeout=_COMMAND_SECONDS)  # noqa: S603 - the user's own
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it took more than {_COMMAND_SECONDS} s"
        raise _no_answer(command, str(reason)) from error
    lines = ran.stdout.decode(errors="replace").splitlines()
    if ran.returncode != 0 or not lines or not lines[0].strip():
        raise _no_answer(command, f"it ended with {ran.returncode} and printed {len(lines)} lines")
    return lines[0].strip()


def _no_answer(command: tuple[str, ...], reason: str) -> TokenNotSet:
    return TokenNotSet(
        f"The token command {single_line(command[0])} gave no token: {reason}.",
        suggestion="Run it in a shell: it has to print the token as its first line.",
    )


def _is_exposed(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & _OTHERS)
    except OSError as error:
        raise FileError(f"{single_line(str(file))} cannot be looked at: {error.strerror}.") from error


def _not_set(instance: str, place: TokenPlace) -> TokenNotSet:
    looked = [f"the variable {place.variable} is not set"] if place.variable else []
    looked += [f"{single_line(str(place.file))} does not hold one"] if place.file else []
    looked += ["none was kept by `lore token set`"]
    variable = place.variable or "GITLAB_TOKEN"
    return TokenNotSet(
        f"There is no token for {instance}: {', '.join(looked)}.",
        suggestion=f"Make one with scope read_api at {place.url}/-/user_settings/personal_access_tokens.",
        actions=[f"export {variable}=glpat-...", f"lore token set --instance {instance}"],
        details={"instance": instance, "url": place.url},
    )
