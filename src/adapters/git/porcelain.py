"""Reads what git prints for programs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.blame import BlamedLine, CommitFacts

COMMIT_FORMAT = "%H%x00%P%x00%an%x00%at%x00%ct%x00%B"
_COMMIT_FIELDS = 6
_HEADER = re.compile(rb"^(?P<sha>[0-9a-f]{40,64}) (?P<original>\d+) (?P<final>\d+)")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


@dataclass(slots=True)
class _Entry:
    sha: bytes
    original: int
    final: int
    attributes: dict[bytes, bytes] = field(default_factory=dict)


def blamed_lines(output: bytes, *, shallow: bool) -> Iterator[BlamedLine]:
    """Read `git blame --line-porcelain`: a header, attributes, then the line itself after a tab."""
    entry: _Entry | None = None
    for raw in output.split(b"\n"):
        if entry is None:
            header = _HEADER.match(raw)
            if header is not None:
                entry = _Entry(header["sha"], int(header["original"]), int(header["final"]))
        elif raw.startswith(b"\t"):
            yield _line(entry, raw[1:], shallow=shallow)
            entry = None
        else:
            name, _, value = raw.partition(b" ")
            entry.attributes[name] = value


def _line(entry: _Entry, text: bytes, *, shallow: bool) -> BlamedLine:
    committed = entry.sha.strip(b"0") != b""
    return BlamedLine(
        line=entry.final,
        text=text.decode(errors="replace").removesuffix("\r"),
        sha=entry.sha.decode() if committed else None,
        original_path=unquoted(entry.attributes.get(b"filename", b"")),
        original_line=entry.original,
        history_ends=shallow and committed and b"boundary" in entry.attributes,
    )


def unquoted(name: bytes) -> str:
    """Undo git's C-style quoting of names with quotes, backslashes or control characters."""
    if name[:1] == b'"' and name[-1:] == b'"':
        name = _ESCAPE.sub(_unescaped, name[1:-1])
    return name.decode(errors="surrogateescape")


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if len(code) > 1 else _ESCAPED.get(code, code)


def commits(output: bytes) -> Iterator[CommitFacts]:
    """Read `git log -z --format=COMMIT_FORMAT`."""
    fields = output.decode(errors="replace").split("\0")
    for start in range(0, len(fields) - _COMMIT_FIELDS + 1, _COMMIT_FIELDS):
        sha, parents, author, authored, committed, message = fields[start : start + _COMMIT_FIELDS]
        yield CommitFacts(
            sha=sha,
            parent_shas=tuple(parents.split()),
            author_name=author,
            authored_at=int(authored) * 1000,
            committed_at=int(committed) * 1000,
            message=message.rstrip("\n"),
        )
