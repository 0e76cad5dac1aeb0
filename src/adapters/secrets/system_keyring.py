"""The system's keyring, where the `keyring` package and a working backend are there."""

import importlib
from typing import Protocol, cast

from domain.errors import FileError

_SERVICE = "lore"


class KeyringModule(Protocol):
    """What we use of the `keyring` package."""

    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...
    def delete_password(self, service_name: str, username: str) -> None: ...


class SystemKeyring:
    """Passwords by name. Refusals of the backend are of the given kind."""

    def __init__(self, module: KeyringModule, refusal: type[Exception]) -> None:
        self._module = module
        self._refusal = refusal

    def read(self, name: str) -> str | None:
        """A keyring that cannot be asked now holds nothing, as when no desktop session is there."""
        try:
            return self._module.get_password(_SERVICE, name)
        except self._refusal:
            return None

    def write(self, name: str, secret: str) -> bool:
        """False where the keyring refuses, so that another place has to do."""
        try:
            self._module.set_password(_SERVICE, name, secret)
        except self._refusal:
            return False
        return True

    def remove(self, name: str) -> bool:
        if self.read(name) is None:
            return False
        try:
            self._module.delete_password(_SERVICE, name)
        except self._refusal as error:
            raise FileError(
                "The system's keyring refuses to remove the token.", suggestion="Unlock the keyring and try again."
            ) from error
        return True


def installed_keyring(package: str = "keyring") -> SystemKeyring | None:
    """None where the package is not installed, or found no backend to work with."""
    try:
        module = importlib.import_module(package)
        errors = importlib.import_module(f"{package}.errors")
    except ImportError:
        return None
    backend = module.get_keyring()
    return SystemKeyring(cast("KeyringModule", module), errors.KeyringError) if backend.priority > 0 else None
