"""What some models want before every text, so that they know a query from a document: without it they find less."""

import re
from dataclasses import dataclass
from typing import Final

_FIND_PASSAGES: Final = "Represent this sentence for searching relevant passages: "
_TASK: Final = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefixes:
    """Empty: the model wants none."""

    query: str = ""
    document: str = ""


NO_PREFIXES: Final = Prefixes()
_KNOWN: Final = (
    (r"nomic-embed-text", Prefixes(query="search_query: ", document="search_document: ")),
    (r"e5-.*instruct", Prefixes(query=f"{_TASK} ")),
    (r"(multilingual-)?e5-(small|base|large)", Prefixes(query="query: ", document="passage: ")),
    (r"(snowflake-)?arctic-embed(2|-.*v2\.0)", Prefixes(query="query: ")),
    (r"(snowflake-)?arctic-embed", Prefixes(query=_FIND_PASSAGES)),
    (r"mxbai-embed-large", Prefixes(query=_FIND_PASSAGES)),
    (r"bge-(small|base|large)-en", Prefixes(query=_FIND_PASSAGES)),
    (r"qwen3-embedding", Prefixes(query=_TASK)),
    (r"embeddinggemma", Prefixes(query="task: search result | query: ", document="title: none | text: ")),
)
"""By what a model's name begins with or has after a `-`, the first that fits; from the cards of these models."""


def known_prefixes(model: str) -> Prefixes:
    """By the model's name as servers know it: `nomic-embed-text:v1.5`, `intfloat/e5-base-v2`."""
    name = model.lower().rpartition("/")[2].replace(":", "-")
    return next((prefixes for pattern, prefixes in _KNOWN if re.match(rf"(.*-)?{pattern}", name)), NO_PREFIXES)
