"""When somebody last looked at `me`: a small file, moved only after what is new was shown."""

import json

from application.ports.private_files import PrivateFiles


class LookedAt:
    """One moment for each user name. What cannot be read counts as never."""

    def __init__(self, *, files: PrivateFiles, path: str) -> None:
        self._files = files
        self._path = path

    def get(self, username: str) -> int | None:
        moment = self._moments().get(username.casefold())
        return moment if isinstance(moment, int) else None

    def move(self, username: str, at: int) -> None:
        """Never back."""
        moments = self._moments()
        old = moments.get(username.casefold())
        if not isinstance(old, int) or old < at:
            self._write({**moments, username.casefold(): at})

    def reset(self, username: str) -> None:
        moments = self._moments()
        if moments.pop(username.casefold(), None) is not None:
            self._write(moments)

    def _moments(self) -> dict[str, object]:
        text = self._files.read(self._path)
        try:
            read = json.loads(text or "{}")
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}

    def _write(self, moments: dict[str, object]) -> None:
        self._files.write(self._path, json.dumps(moments, sort_keys=True))
