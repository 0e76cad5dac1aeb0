"""Private files that end with the process."""


class MemoryPrivateFiles:
    def __init__(self, **texts: str) -> None:
        self.texts: dict[str, str] = texts

    def read(self, path: str) -> str | None:
        return self.texts.get(path)

    def write(self, path: str, text: str) -> None:
        self.texts[path] = text

    def remove(self, path: str) -> bool:
        return self.texts.pop(path, None) is not None
