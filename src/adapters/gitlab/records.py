"""Reading lists of records so that a bad one is set aside and the others come through (sync.md rule 7)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from adapters.gitlab.decoding import decoded, is_suspicious, stored
from adapters.gitlab.mapping import discussion
from adapters.gitlab.misfits import explained
from adapters.gitlab.payloads import DiscussionPayload, HexId, NotePayload, Payload
from domain.entities import Discussion, Rejected

M = TypeVar("M", bound=Payload)
R = TypeVar("R")
S = TypeVar("S", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Generic[S]):
    """What came of a list, in its order; `size` counts everything that was in it."""

    records: Sequence[S]
    rejected: Sequence[Rejected] = ()
    size: int


class ListShape(Protocol[S]):
    """What can be made of the body of a list."""

    def many(self, content: bytes) -> Read[S]: ...


class Shape(Generic[M, R]):
    """How one kind of record looks in GitLab's JSON and what becomes of it.

    `record` names it in `Rejected`; `id_field` is where its id stands.
    """

    def __init__(self, record: str, model: type[M], mapped: Callable[[M], R], *, id_field: str = "id") -> None:
        self._record = record
        self._id_field = id_field
        self._mapped = mapped
        self._one: TypeAdapter[M] = TypeAdapter(model)
        self._many: TypeAdapter[list[M]] = TypeAdapter(list[model])  # type: ignore[valid-type]  # a type at run time

    def one(self, value: object) -> R:
        """Raises ValueError for what does not fit."""
        return self._mapped(self._one.validate_python(value))

    def many(self, content: bytes) -> Read[R]:
        """Every record of a JSON array. Raises ValueError where there is no array at all."""
        if not is_suspicious(content):
            try:
                models = self._many.validate_json(content)
                return Read(records=[self._mapped(model) for model in models], size=len(models))
            except ValueError:
                pass
        return self.each(array_of(decoded(content)))

    def each(self, values: Iterable[object]) -> Read[R]:
        """The careful way: one by one."""
        records: list[R] = []
        rejected: list[Rejected] = []
        size = 0
        for value in values:
            size += 1
            found, bad = self.carefully(value)
            records += found
            rejected += bad
        return Read(records=records, rejected=rejected, size=size)

    def carefully(self, value: object) -> tuple[list[R], list[Rejected]]:
        try:
            return [self.one(value)], []
        except ValueError as error:
            return [], [self.refused(value, error)]

    def refused(self, value: object, error: ValueError) -> Rejected:
        known = value.get(self._id_field) if isinstance(value, dict) else None
        gitlab_id = str(known)[:64] if isinstance(known, (int, str)) else None
        return Rejected(record=self._record, gitlab_id=gitlab_id, payload=stored(value), error=explained(error))


class _ThreadFrame(Payload):
    """A discussion whose notes are not looked at yet."""

    id: HexId
    individual_note: bool
    notes: list[object]


class DiscussionShape(Shape[DiscussionPayload, Discussion]):
    """A thread keeps its good notes when another one is bad."""

    def __init__(self, record: str) -> None:
        super().__init__(record, DiscussionPayload, discussion)
        self._frame = TypeAdapter(_ThreadFrame)
        self._note = TypeAdapter(NotePayload)

    def carefully(self, value: object) -> tuple[list[Discussion], list[Rejected]]:
        try:
            frame = self._frame.validate_python(value)
        except ValueError as error:
            return [], [self.refused(value, error)]
        notes: list[NotePayload] = []
        rejected: list[Rejected] = []
        for note in frame.notes:
            try:
                notes.append(self._note.validate_python(note))
            except ValueError as error:
                rejected.append(self.refused(note, error))
        thread = DiscussionPayload(id=frame.id, individual_note=frame.individual_note, notes=notes)
        return [discussion(thread)], rejected


def array_of(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"a JSON array was expected, not {type(value).__name__}")  # noqa: TRY004 - one error for all misfits
    return value
