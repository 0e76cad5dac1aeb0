"""Models that tell queries from documents by what stands before them."""

import pytest

from adapters.embedders.prefixes import NO_PREFIXES, known_prefixes


@pytest.mark.requirement("search:prefixes")
@pytest.mark.parametrize(
    ("model", "query", "document"),
    [
        ("nomic-embed-text", "search_query: ", "search_document: "),
        ("nomic-embed-text:v1.5", "search_query: ", "search_document: "),
        ("nomic-ai/nomic-embed-text-v1.5", "search_query: ", "search_document: "),
        ("text-embedding-nomic-embed-text-v1.5", "search_query: ", "search_document: "),
        ("intfloat/E5-base-v2", "query: ", "passage: "),
        ("jeffh/intfloat-multilingual-e5-large:f16", "query: ", "passage: "),
        ("embeddinggemma:300m", "task: search result | query: ", "title: none | text: "),
        ("snowflake-arctic-embed2", "query: ", ""),
        ("Snowflake/snowflake-arctic-embed-l-v2.0", "query: ", ""),
    ],
)
def test_known_models_get_theirs(model: str, query: str, document: str) -> None:
    prefixes = known_prefixes(model)
    assert (prefixes.query, prefixes.document) == (query, document)


@pytest.mark.parametrize(
    "model", ["mxbai-embed-large", "snowflake-arctic-embed:22m", "bge-small-en-v1.5", "qwen3-embedding:0.6b"]
)
def test_some_want_an_instruction_for_queries_only(model: str) -> None:
    prefixes = known_prefixes(model)
    assert "search" in prefixes.query
    assert prefixes.document == ""


def test_an_instructed_model_of_a_family_gets_an_instruction() -> None:
    assert known_prefixes("multilingual-e5-large-instruct").query.startswith("Instruct: ")


@pytest.mark.parametrize("model", ["", "text-embedding-3-small", "all-minilm", "bge-m3", "nomic", "gte-large"])
def test_others_get_none(model: str) -> None:
    assert known_prefixes(model) == NO_PREFIXES
