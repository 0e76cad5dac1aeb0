"""Reads the part of the GraphQL language that queries for work items are written in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(r'\s*(?:#[^\n]*\n\s*)*("(?:[^"\\]|\\.)*"|\.\.\.|[\w-]+|[{}()\[\]:$!=,|&@])')
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}


class BadQuery(Exception):
    """What GitLab would answer as an entry of `errors`; it never leaves the server."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    alias: str
    arguments: Mapping[str, object]
    selection: tuple["Field | Fragment", ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """`... on Type { }`."""

    type_name: str
    selection: tuple["Field | Fragment", ...]


@dataclass(slots=True)
class Reader:
    """Recursive descent over the tokens of one query; variables are put in while reading."""

    tokens: list[str]
    variables: Mapping[str, object]
    position: int = 0
    defaults: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, variables: Mapping[str, object]) -> "Reader":
        tokens, end = [], 0
        while text[end:].strip():
            found = _TOKEN.match(text, end)
            if found is None:
                raise BadQuery(f"Expected a token, got {text[end : end + 10]!r}")
            if found[1] != ",":
                tokens.append(found[1])
            end = found.end()
        return cls(tokens, variables)

    def query(self) -> tuple[Field | Fragment, ...]:
        if self._peek() == "query":
            self._next()
            if self._peek() not in {"{", "("}:
                self._next()
            if self._peek() == "(":
                self._declarations()
        return self._selection()

    def _declarations(self) -> None:
        """Types of variables are taken on trust; their defaults are kept."""
        self._expect("(")
        while self._peek() != ")":
            self._expect("$")
            name = self._next()
            self._expect(":")
            while self._peek() not in {"$", "=", ")"}:
                self._next()
            if self._peek() == "=":
                self._next()
                self.defaults[name] = self._value()
        self._expect(")")

    def _selection(self) -> tuple[Field | Fragment, ...]:
        self._expect("{")
        found: list[Field | Fragment] = []
        while self._peek() != "}":
            found.append(self._fragment() if self._peek() == "..." else self._field())
        self._expect("}")
        return tuple(found)

    def _fragment(self) -> Fragment:
        self._expect("...")
        self._expect("on")
        return Fragment(self._name(), self._selection())

    def _field(self) -> Field:
        alias = name = self._name()
        if self._peek() == ":":
            self._next()
            name = self._name()
        arguments = self._arguments() if self._peek() == "(" else {}
        selection = self._selection() if self._peek() == "{" else ()
        return Field(name, alias, arguments, selection)

    def _arguments(self) -> dict[str, object]:
        self._expect("(")
        found: dict[str, object] = {}
        while self._peek() != ")":
            name = self._name()
            self._expect(":")
            found[name] = self._value()
        self._expect(")")
        return found

    def _value(self) -> object:
        word = self._next()
        if word == "$":
            name = self._next()
            return self.variables.get(name, self.defaults.get(name))
        if word == "[":
            return self._list()
        if word.startswith('"'):
            return json.loads(word)
        return int(word) if word.lstrip("-").isdigit() else _CONSTANTS.get(word, word)

    def _list(self) -> list[object]:
        found: list[object] = []
        while self._peek() != "]":
            found.append(self._value())
        self._expect("]")
        return found

    def _peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise BadQuery("Unexpected end of document")
        self.position += 1
        return token

    def _name(self) -> str:
        found = self._next()
        if not found.isidentifier():
            raise BadQuery(f"Expected NAME, actual: {found!r}")
        return found

    def _expect(self, token: str) -> None:
        found = self._next()
        if found != token:
            raise BadQuery(f"Expected {token!r}, actual: {found!r}")
