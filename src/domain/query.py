"""What somebody typed into the search, as expressions that the full-text index can run. Any string is safe."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from domain.named_items import NamedItem, named_items
from domain.text_analysis import bigrams, cjk_runs, compounds, humps, whole, words

MAX_TERMS = 8
"""The rarest so many words are searched for: no quality is lost, and an OR over all costs ten times as much."""
MAX_PROSE_TERMS = 16
"""Of prose more are needed: no word of it is sure to be the one that matters."""
MAX_AND_TERMS = 24
_MAX_CHARS = 4_000
_QUOTED = re.compile(r'"([^"]+)"')
_QUESTION = re.compile(
    r"\?\s*$|^\s*(?:how|why|what|when|where|who|which|does|do|is|are|can|could|should)\b", re.IGNORECASE
)
_PROSE_WORDS = 10
_AROUND_WORDS = ".,;:!?\"'`()[]{}<>\u2026\u3001\u3002\u300c\u300d"
_JOINED = re.compile(r"[^\W_](?:_|[^\w\s'\u2019])+[^\W_]")
_PLURAL = re.compile(r"(?<=[A-Z]{2})s(?=\W*(?:\s|$))")
"""Of an abbreviation, at the end of what was typed: `IDs`, `parseURLs()`."""

_STOP_WORDS = """
a about above after again all also am an and any are as at be because been before being between both but by can could
did do does doing down during each few for from further had has have having he her here hers him his how i if in into
is it its itself just me more most my no nor not now of off on once only or other our out over own same she should so
some such than that the their them then there these they this those through to too under until up very was we were
what when where which while who whom why will with would you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


class QueryKind(StrEnum):
    """What the query looks like; the weight of the two sides of a hybrid search depends on it."""

    IDENTIFIER = "identifier"
    """A literal, or a few words with one among them: who types it wants exactly that."""
    QUESTION = "question"
    """Prose in the searcher's own words."""
    KEYWORDS = "keywords"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPlan:
    """Match expressions, the strictest first; what a stricter one finds comes before what only a looser one does.

    `terms` are the plain words, lower case, for highlighting and for explaining.
    """

    expressions: tuple[str, ...]
    terms: tuple[str, ...]
    kind: QueryKind
    literals: tuple[str, ...] = ()
    """Of an identifier's query: what was typed to be found letter by letter."""
    rare: str = ""
    """What matches the last expression and none of these rarer terms is looked at only where the rest is too little."""
    names: tuple[NamedItem, ...] = ()
    """Of a query that only names items."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to search for by words."""
        return not self.expressions


@dataclass(frozen=True, slots=True)
class _Term:
    shown: tuple[str, ...]
    expression: str
    literal: str = ""
    """Where the expression also takes the parts of what was typed: the whole alone, however it goes on."""


def plan_query(text: str, frequency: Callable[[str], int], *, common: int | None = None) -> QueryPlan:
    """`frequency` tells in how many items an expression of one term occurs; a bounded count is enough.

    A term in more than `common` items is no reason alone to look at one; with None, every term is.
    """
    counted = cache(frequency)
    typed = text[:_MAX_CHARS]
    phrases = [term for quoted in _QUOTED.findall(typed) if (term := _phrase(quoted)) is not None]
    loose = _QUOTED.sub(" ", typed)
    kind = kind_of(typed)
    exact, single = _distinct(_exact_terms(_singular(loose))), _distinct(_single_terms(_singular(loose)))
    loosest = _rarest(single, kind, counted)
    expressions = [*(_strict(exact) if kind is QueryKind.IDENTIFIER else ()), *_any_of(loosest)]
    if phrases:
        quoted = " AND ".join(term.expression for term in phrases)
        expressions = [*(f"{quoted} AND ({expression})" for expression in expressions), quoted]
    return QueryPlan(
        expressions=tuple(dict.fromkeys(expressions)),
        terms=tuple(dict.fromkeys(word for term in (*phrases, *exact) for word in term.shown)),
        kind=kind,
        literals=tuple(_literals(loose)) if kind is QueryKind.IDENTIFIER else (),
        names=named_items(typed),
        rare="" if common is None or phrases else _rare(loosest, counted, common),
    )


def kind_of(text: str) -> QueryKind:
    """By form alone: literals make an identifier, a question word or many words a question."""
    plain = text.split()
    literals = len(_literals(_singular(text)))
    if literals and 2 * literals >= len(plain):
        return QueryKind.IDENTIFIER
    if _QUESTION.search(text) or len(plain) > _PROSE_WORDS:
        return QueryKind.QUESTION
    return QueryKind.KEYWORDS


def _literals(text: str) -> list[str]:
    """What is code rather than prose, or CJK, which stands there without spaces."""
    return [token for typed in text.split() if _is_literal(token := typed.strip(_AROUND_WORDS))]


def _is_literal(token: str) -> bool:
    return bool(
        humps(token)
        or _JOINED.search(token)
        or token.startswith(("_", "-"))
        or any(char.isdigit() for char in token)
        or cjk_runs(token)
    ) and bool(words(token) or cjk_runs(token))


def _singular(text: str) -> str:
    """Humps are seen where they are, and the stem is the same, in which the index has every word."""
    return _PLURAL.sub("", text)


def _strict(terms: Sequence[_Term]) -> Iterator[str]:
    if 0 < len(terms) <= MAX_AND_TERMS:
        yield " AND ".join(term.literal or term.expression for term in terms)
        yield " AND ".join(term.expression for term in terms)


def _any_of(terms: Sequence[_Term]) -> Iterator[str]:
    if terms:
        yield " OR ".join(term.expression for term in terms)


def _rarest(terms: Sequence[_Term], kind: QueryKind, frequency: Callable[[str], int]) -> Sequence[_Term]:
    most = MAX_PROSE_TERMS if kind is QueryKind.QUESTION else MAX_TERMS
    if len(terms) <= most:
        return terms
    ranked = sorted(enumerate(terms), key=lambda one: (_rarity(frequency(one[1].expression)), one[0]))
    return [term for _, term in ranked[:most]]


def _rare(terms: Sequence[_Term], frequency: Callable[[str], int], common: int) -> str:
    """Those that are not common, at least the rarest; nothing, where that is all of them."""
    counts = {term.expression: count for term in terms if (count := frequency(term.expression))}
    most = max(common, min(counts.values(), default=0))
    rare = [expression for expression, count in counts.items() if count <= most]
    return " OR ".join(rare) if len(rare) < len(counts) else ""


def _rarity(count: int) -> tuple[bool, int]:
    return count == 0, count  # a word that no item has cannot help to find one


def _exact_terms(text: str) -> Iterator[_Term]:
    """Each compound as one, each run of CJK characters as one phrase."""
    for compound in compounds(text):
        parts = words(compound)
        literal = _quote(whole(compound))
        yield _Term(tuple(parts), f"({_quote(' '.join(parts))} OR {literal})", f"{literal}*")
        text = text.replace(compound, " ")
    for run in cjk_runs(text):
        yield _Term((run,), f"{_quote(run)}*" if len(run) == 1 else _quote(" ".join(bigrams(run))))
    yield from map(_word_term, _telling(words(text)))


def _single_terms(text: str) -> Iterator[_Term]:
    """Every word by itself, also the parts of compounds, and the compounds whole; CJK pair by pair."""
    for compound in compounds(text):
        yield _Term((compound,), _quote(whole(compound)))
    for run in cjk_runs(text):
        if len(run) == 1:
            yield _Term((run,), f"{_quote(run)}*")
        else:
            yield from (_Term((pair,), _quote(pair)) for pair in bigrams(run))
    yield from map(_word_term, _telling(words(text)))


def _telling(plain: Sequence[str]) -> Sequence[str]:
    return [word for word in plain if word.lower() not in STOP_WORDS] or plain


def _word_term(word: str) -> _Term:
    parts = humps(word)
    if len(parts) > 1:
        return _Term((word.lower(),), f"({_quote(word)} OR {_quote(' '.join(parts))})", f"{_quote(word)}*")
    return _Term((word.lower(),), _quote(word))


def _phrase(quoted: str) -> _Term | None:
    pieces = words(quoted)
    for run in cjk_runs(quoted):
        pieces += bigrams(run)
    return _Term(tuple(word.lower() for word in pieces), _quote(" ".join(pieces))) if pieces else None


def _distinct(terms: Iterable[_Term]) -> list[_Term]:
    return list({term.expression.lower(): term for term in terms}.values())


def _quote(text: str) -> str:
    """A string of FTS5's grammar: inside the quotes nothing is syntax."""
    return '"' + text.replace('"', '""') + '"'
