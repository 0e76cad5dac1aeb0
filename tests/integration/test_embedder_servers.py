"""The embedders that are servers keep the port's promises over real HTTP, and say what is wrong when it is."""

import json
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack

import httpx
import pytest

from adapters.embedders.served_embedder import ServedEmbedder
from adapters.memory.clock import MemoryClock
from adapters.memory.content_store import MemoryContentStore
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.liveness import MemoryLiveness
from adapters.memory.locks import MemoryLocks
from adapters.memory.vectors import MemoryVectors
from application.ports.embedder import Embedder
from application.search.meaning import MeaningSearch
from contracts.embedder_contract import FAR, NEAR, EmbedderContract, similarity
from contracts.embedding_servers import (
    DIGEST,
    EmbeddingServerOnLoopback,
    Fault,
    OllamaOnLoopback,
    OpenAiOnLoopback,
    json_fault,
)
from domain.embedding import EmbeddingSpace
from domain.errors import EmbedderUnavailable, EmbeddingFailed, EmbeddingModelNotFound, LoreError
from entrypoints.embedder_choice import chosen_embedder
from entrypoints.settings import EmbeddingSettings, Provider

KEY = "sk-of-the-tests-0123456789"
VARIABLE = "EMBEDDING_KEY"
Make = Callable[..., Embedder]


class House:
    """One kind of server, and embedders that use it by the settings of a user."""

    def __init__(self, server: EmbeddingServerOnLoopback, provider: Provider, closing: ExitStack) -> None:
        self.server = server
        self.provider = provider
        self.clock = MemoryClock()
        self._closing = closing

    @property
    def base_url(self) -> str:
        return self.server.url + ("/v1" if self.provider == "openai" else "")

    def embedder(self, *, key: str | None = None, **settings: object) -> Embedder:
        known: dict[str, object] = {"provider": self.provider, "model": "nomic", "base_url": self.base_url}
        made = chosen_embedder(
            EmbeddingSettings(**{**known, **settings}),  # type: ignore[arg-type]  # each test gives what fits
            environ={} if key is None else {VARIABLE: key},
            clock=self.clock,
            closing=self._closing,
        )
        assert isinstance(made, ServedEmbedder)
        return made

    def embedding_requests(self) -> list[list[str]]:
        return [asked.body["input"] for asked in self.server.asked if asked.path == self.server.embed_path]


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def ollama(closing: ExitStack) -> House:
    return House(closing.enter_context(OllamaOnLoopback(model="nomic:latest")), "ollama", closing)


@pytest.fixture
def openai(closing: ExitStack) -> House:
    return House(closing.enter_context(OpenAiOnLoopback(model="nomic", longest=600)), "openai", closing)


@pytest.fixture(params=["ollama", "openai"])
def house(request: pytest.FixtureRequest) -> House:
    made = request.getfixturevalue(request.param)
    assert isinstance(made, House)
    return made


class TestOllama(EmbedderContract):
    @pytest.fixture
    def embedder(self, ollama: House) -> Embedder:
        return ollama.embedder()

    def test_a_server_reads_nothing_quickly(self, embedder: Embedder) -> None:
        assert embedder.quick_reader is None


class TestOpenAiCompatible(EmbedderContract):
    @pytest.fixture
    def embedder(self, openai: House) -> Embedder:
        return openai.embedder()


@pytest.mark.requirement("search:prefixes")
class TestPrefixes:
    def test_stand_before_queries_and_before_documents(self, house: House) -> None:
        embedder = house.embedder(query_prefix="query: ", document_prefix="passage: ")
        embedder.embed_documents([NEAR, FAR])
        embedder.embed_query(NEAR)
        assert house.embedding_requests() == [[f"passage: {NEAR}", f"passage: {FAR}"], [f"query: {NEAR}"]]

    def test_of_documents_make_another_space_and_those_of_queries_do_not(self, house: House) -> None:
        plain = house.embedder(dimensions=64).space
        assert house.embedder(dimensions=64, query_prefix="query: ").space == plain
        assert house.embedder(dimensions=64, document_prefix="passage: ").space != plain

    def test_are_those_that_the_model_is_known_to_want_unless_the_user_says_otherwise(self, closing: ExitStack) -> None:
        server = closing.enter_context(OpenAiOnLoopback(model="nomic-embed-text"))
        house = House(server, "openai", closing)
        house.embedder(model="nomic-embed-text").embed_query(NEAR)
        house.embedder(model="nomic-embed-text", query_prefix="").embed_query(NEAR)
        assert house.embedding_requests() == [[f"search_query: {NEAR}"], [NEAR]]


class OneSpace(MemoryVectors):
    """Says that it holds vectors of one space."""

    held: EmbeddingSpace

    def spaces(self) -> Collection[EmbeddingSpace]:
        return {self.held}


@pytest.fixture
def index(house: House) -> OneSpace:
    locks = MemoryLocks(house.clock, MemoryLiveness())
    return OneSpace(MemoryContentStore(locks), locks)


def test_a_search_embeds_its_query_and_nothing_else(house: House, index: OneSpace) -> None:
    index.held = house.embedder(dimensions=1).space
    house.server.asked.clear()
    search = MeaningSearch(embedder=house.embedder(), get_index=lambda: index)
    for _ in range(2):
        assert "No passage has a vector of nomic" in str(search.ask(NEAR))
    assert house.embedding_requests() == [[NEAR], [NEAR]]
    assert len(house.server.asked) == 2 + (house.provider == "ollama")  # which tells a model's version once


def test_a_search_in_a_store_with_vectors_of_another_model_embeds_nothing(house: House, index: OneSpace) -> None:
    index.held = MemoryEmbedder().space
    search = MeaningSearch(embedder=house.embedder(), get_index=lambda: index)
    assert "No passage has a vector of nomic" in str(search.ask(NEAR))
    assert house.embedding_requests() == []


def test_a_search_in_a_store_without_vectors_asks_no_server(house: House) -> None:
    locks = MemoryLocks(house.clock, MemoryLiveness())
    search = MeaningSearch(embedder=house.embedder(), get_index=lambda: MemoryVectors(MemoryContentStore(locks), locks))
    assert "No passage has a vector yet" in str(search.ask(NEAR))
    assert house.server.asked == []


def refused(embedder: Embedder, kind: type[LoreError]) -> LoreError:
    with pytest.raises(kind) as raised:
        embedder.embed_documents([NEAR, FAR])
    assert raised.value.suggestion
    assert raised.value.actions
    return raised.value


@pytest.mark.requirement("search:embedder")
class TestTheSpace:
    def test_of_ollama_is_told_apart_by_the_digest_that_it_shows(self, ollama: House) -> None:
        space = ollama.embedder().space
        assert (space.model, space.checksum, space.dimensions) == ("nomic:latest", DIGEST, 64)

    def test_a_digest_that_is_none_is_not_shown(self, ollama: House) -> None:
        assert isinstance(ollama.server, OllamaOnLoopback)
        ollama.server.digest = "\x1b[2Jevil"
        assert ollama.embedder().space.name == "nomic:latest"

    def test_of_a_compatible_server_is_told_apart_by_its_address(self, openai: House, closing: ExitStack) -> None:
        elsewhere = House(closing.enter_context(OpenAiOnLoopback(model="nomic")), "openai", closing)
        assert openai.embedder().space != elsewhere.embedder().space
        assert openai.embedder().space == openai.embedder().space

    def test_is_learned_from_what_was_embedded_without_embedding_anything_twice(self, house: House) -> None:
        embedder = house.embedder()
        embedder.embed_documents([NEAR])
        assert embedder.space.dimensions == 64
        assert house.embedding_requests() == [[NEAR]]

    def test_is_known_without_embedding_where_dimensions_are_configured(self, house: House) -> None:
        embedder = house.embedder(dimensions=16)
        assert embedder.space.dimensions == 16
        assert house.embedding_requests() == []
        assert len(embedder.embed_query(NEAR)) == 16

    def test_costs_one_word_once_where_nothing_was_embedded_yet(self, house: House) -> None:
        embedder = house.embedder()
        assert embedder.space == embedder.space
        assert len(house.embedding_requests()) == 1

    def test_dimensions_are_not_asked_for_unless_configured(self, house: House) -> None:
        house.embedder().embed_query(NEAR)
        assert "dimensions" not in house.server.asked[-1].body


class TestTexts:
    def test_go_in_batches(self, house: House) -> None:
        assert len(house.embedder().embed_documents([f"text {number}" for number in range(70)])) == 70
        assert [len(texts) for texts in house.embedding_requests()] == [32, 32, 6]

    def test_reach_the_server_without_what_json_or_the_server_cannot_take(self, house: House) -> None:
        house.embedder().embed_documents(["a\x00b", "c\ud800d", " \x00 ", ""])
        assert house.embedding_requests() == [["a b", "c?d", ".", "."]]

    def test_are_cut_by_ollama_where_they_are_too_long(self, ollama: House) -> None:
        ollama.embedder().embed_query(NEAR)
        assert ollama.server.asked[-1].body["truncate"] is True

    def test_a_text_that_is_too_long_counts_by_its_beginning_and_its_neighbours_whole(self, openai: House) -> None:
        whole = f"{NEAR} " * 10
        first, long, last = openai.embedder().embed_documents([whole, "word " * 900, FAR])
        alone = openai.server.vectors
        assert similarity(first, alone.embed_query(whole)) == pytest.approx(1, abs=1e-3)
        assert similarity(long, alone.embed_query("word")) > 0.9
        assert similarity(last, alone.embed_query(FAR)) == pytest.approx(1, abs=1e-3)

    def test_a_refusal_that_is_not_for_length_is_told_with_the_servers_reason(self, house: House) -> None:
        house.server.faults.extend([house.server.failure(400, "no\x1b embeddings here")] * 3)
        error = refused(house.embedder(), EmbeddingFailed)
        assert "no\\x1b embeddings here" in error.message
        assert len(house.embedding_requests()) == 2

    def test_a_refusal_without_a_reason_is_told_with_its_status(self, house: House) -> None:
        house.server.faults.extend([json_fault(422, ["?"])] * 3)
        assert "422" in refused(house.embedder(), EmbeddingFailed).message


class TestAServerThatFails:
    def test_that_is_dead_is_unavailable_after_a_few_short_waits(self, house: House) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
            error = refused(house.embedder(base_url=url), EmbedderUnavailable)
        assert url in error.message
        assert house.clock.slept == [250, 1_000, 3_000]

    def test_that_comes_back_is_not_noticed(self, house: House) -> None:
        house.server.faults.extend([Fault(drops=True), house.server.failure(503, "loading model"), Fault(status=500)])
        assert len(house.embedder().embed_documents([NEAR])) == 1
        assert house.clock.slept == [250, 1_000, 3_000]

    def test_that_fails_for_good_is_told_with_its_reason(self, house: House) -> None:
        house.server.faults.extend([house.server.failure(500, "the runner has died")] * 4)
        error = refused(house.embedder(), EmbedderUnavailable)
        assert "500" in error.message
        assert "the runner has died" in error.message

    def test_that_is_dead_holds_nobody_up_who_asks_for_its_space(self, house: House) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            embedder = house.embedder(base_url=f"http://127.0.0.1:{free.getsockname()[1]}")
            with pytest.raises(EmbedderUnavailable):
                _ = embedder.space
        assert house.clock.slept == [250]

    def test_a_query_is_given_less_patience_than_documents(self, house: House) -> None:
        house.server.faults.extend([Fault(status=502, content=b"<html>Bad gateway</html>")] * 2)
        with pytest.raises(EmbedderUnavailable, match="502"):
            house.embedder().embed_query(NEAR)
        assert house.clock.slept == [250]

    def test_that_asks_for_a_short_wait_gets_it(self, house: House) -> None:
        house.server.faults.append(Fault(status=429, headers={"Retry-After": "7"}))
        house.embedder().embed_documents([NEAR])
        assert house.clock.slept == [7_000]

    def test_that_asks_for_a_long_wait_is_not_waited_for(self, house: House) -> None:
        house.server.faults.append(Fault(status=429, headers={"Retry-After": "3600"}))
        assert "3600 s" in refused(house.embedder(), EmbedderUnavailable).message
        assert house.clock.slept == []

    def test_that_is_slow_is_given_up_at_the_configured_time_out_and_not_asked_again(self, house: House) -> None:
        house.server.faults.append(Fault(hangs=True))
        error = refused(house.embedder(timeout_seconds=0.1), EmbedderUnavailable)
        assert "0.1 s" in error.message
        assert "timeout_seconds" in error.suggestion
        assert len(house.embedding_requests()) == 1

    def test_that_takes_no_connection_in_time_is_asked_again(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def sent(*_: object, **__: object) -> httpx.Response:
            raise httpx.ConnectTimeout("timed out")

        monkeypatch.setattr(httpx.Client, "send", sent)
        assert "cannot be reached" in refused(house.embedder(), EmbedderUnavailable).message
        assert house.clock.slept == [250, 1_000, 3_000]

    def test_a_query_is_not_waited_for_as_long_as_documents(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits: list[object] = []

        def sent(_: httpx.Client, request: httpx.Request, **__: object) -> httpx.Response:
            limits.append(request.extensions["timeout"]["read"])
            raise httpx.ReadTimeout("timed out")

        monkeypatch.setattr(httpx.Client, "send", sent)
        for embed in (house.embedder().embed_documents, house.embedder().embed_query):
            with pytest.raises(EmbedderUnavailable):
                embed(NEAR)
        assert limits == [120.0, 20.0]

    def test_a_broken_proxy_setting_is_told(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "nonsense://proxy.example.com")
        refused(house.embedder(base_url="http://embeddings.example.com"), EmbedderUnavailable)

    def test_on_this_machine_is_reached_without_the_proxy_of_the_environment(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
        assert len(house.embedder().embed_query(NEAR)) == 64


class TestAModelThatIsNotThere:
    def test_of_ollama_is_told_with_how_to_fetch_it(self, ollama: House) -> None:
        error = refused(ollama.embedder(model="mxbai"), EmbeddingModelNotFound)
        assert "ollama pull mxbai" in error.actions

    def test_of_ollama_is_found_out_by_the_space_too(self, ollama: House) -> None:
        with pytest.raises(EmbeddingModelNotFound):
            _ = ollama.embedder(model="nomic:v2").space

    def test_of_a_compatible_server_is_told(self, openai: House) -> None:
        assert "mxbai" in refused(openai.embedder(model="mxbai"), EmbeddingModelNotFound).message

    def test_is_another_thing_than_an_address_that_is_wrong(self, house: House) -> None:
        error = refused(house.embedder(base_url=f"{house.base_url}/elsewhere"), EmbedderUnavailable)
        assert "base_url" in error.suggestion


def answer(house: House, vectors: list[object]) -> Fault:
    rows = [{"index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    return json_fault(200, {"embeddings": vectors} if house.provider == "ollama" else {"data": rows})


UNIT = [1.0, 0.0]


@pytest.mark.requirement("search:embedder")
class TestUselessAnswers:
    @pytest.mark.parametrize(
        "content",
        [b"<html>Sign in</html>", b"{}", b"[]", b'"text"', b"null", b"\xff\xfe", b"[" * 100_000, b'{"data": [{}]}'],
    )
    def test_what_is_no_answer_of_such_a_server_is_told(self, house: House, content: bytes) -> None:
        house.server.faults.append(Fault(content=content))
        assert "base_url" in refused(house.embedder(), EmbeddingFailed).suggestion

    @pytest.mark.parametrize(
        ("vectors", "told"),
        [
            ([UNIT], "1 vectors for 2 texts"),
            ([UNIT, UNIT, UNIT], "3 vectors for 2 texts"),
            ([], "0 vectors for 2 texts"),
            ([UNIT, [1.0]], "1 dimensions where 2"),
            ([[], []], "0 dimensions"),
            ([UNIT, [float("nan"), 1.0]], "without a direction"),
            ([UNIT, [float("inf"), 1.0]], "without a direction"),
            ([UNIT, [0.0, 0.0]], "without a direction"),
            ([UNIT, [1e300, 1.0]], "without a direction"),
            ([UNIT, ["1", 1.0]], "other than numbers"),
            ([UNIT, [None, 1.0]], "other than numbers"),
            ([UNIT, [10**400, 1]], "other than numbers"),
            ([UNIT, "text"], "0 dimensions"),
        ],
    )
    def test_vectors_that_are_none_are_told(self, house: House, vectors: list[object], told: str) -> None:
        house.server.faults.append(answer(house, vectors))
        assert told in refused(house.embedder(), EmbeddingFailed).message

    def test_something_else_than_a_list_is_told(self, ollama: House) -> None:
        ollama.server.faults.append(json_fault(200, {"embeddings": {"0": UNIT}}))
        assert "no list" in refused(ollama.embedder(), EmbeddingFailed).message

    def test_a_text_that_is_answered_twice_is_told(self, openai: House) -> None:
        rows = [{"index": 0, "embedding": UNIT}, {"index": 0, "embedding": UNIT}]
        openai.server.faults.append(json_fault(200, {"data": rows}))
        refused(openai.embedder(), EmbeddingFailed)

    def test_other_dimensions_than_before_are_told(self, house: House) -> None:
        embedder = house.embedder()
        embedder.embed_query(NEAR)
        house.server.faults.append(answer(house, [UNIT, UNIT]))
        assert "where 64 are expected" in refused(embedder, EmbeddingFailed).message

    def test_other_dimensions_than_configured_are_told(self, house: House) -> None:
        house.server.faults.append(answer(house, [UNIT, UNIT]))
        assert "dimensions" in refused(house.embedder(dimensions=3), EmbeddingFailed).suggestion

    def test_an_answer_without_end_is_given_up(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("adapters.embedders.embedding_server._LARGEST_BODY", 100)
        assert "larger than" in refused(house.embedder(), EmbedderUnavailable).message

    def test_an_answer_that_drips_is_given_up(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        times = iter(range(0, 10_000_000, 200_000))
        monkeypatch.setattr(house.clock, "monotonic_ms", lambda: next(times))
        assert "within 120 s" in refused(house.embedder(), EmbedderUnavailable).message


@pytest.mark.requirement("cli:token-never-shown")
class TestTheKey:
    def test_is_sent_to_the_server_as_a_bearer_token(self, house: House) -> None:
        house.server.key = KEY
        embedder = house.embedder(api_key_env=VARIABLE, key=KEY)
        assert embedder.space.dimensions == 64
        assert {asked.headers["Authorization"] for asked in house.server.asked} == {f"Bearer {KEY}"}

    def test_is_not_sent_where_none_is_configured(self, house: House) -> None:
        house.embedder(key=KEY).embed_query(NEAR)
        assert "Authorization" not in house.server.asked[0].headers

    def test_that_is_not_set_is_told_by_its_variable_before_anything_is_sent(self, house: House) -> None:
        assert VARIABLE in refused(house.embedder(api_key_env=VARIABLE), EmbedderUnavailable).message
        assert house.server.asked == []

    def test_that_is_missing_is_asked_for(self, house: House) -> None:
        house.server.key = KEY
        assert "Name the environment variable" in refused(house.embedder(), EmbedderUnavailable).suggestion

    @pytest.mark.parametrize("wrong", [f"{KEY}x", f"two {KEY}", f"{KEY}é", f"{KEY}\n{KEY}"])
    def test_that_is_wrong_is_told_and_never_shown(self, house: House, wrong: str) -> None:
        house.server.key = KEY
        error = refused(house.embedder(api_key_env=VARIABLE, key=wrong), EmbedderUnavailable)
        assert "api_key_env" in error.suggestion
        assert KEY not in shown(error)

    def test_that_a_server_repeats_is_not_shown(self, house: House) -> None:
        embedder = house.embedder(api_key_env=VARIABLE, key=KEY)
        house.server.faults.extend([house.server.failure(400, f"bad key {KEY}")] * 3)
        assert KEY not in shown(refused(embedder, EmbeddingFailed))
        house.server.faults.extend([house.server.failure(500, f"bad key {KEY}")] * 4)
        assert KEY not in shown(refused(embedder, EmbedderUnavailable))
        assert KEY not in repr(embedder)

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_does_not_follow_a_redirect_to_another_place(self, house: House, closing: ExitStack, status: int) -> None:
        other = closing.enter_context(type(house.server)(model=house.server.model))
        target = other.url + house.server.embed_path
        house.server.faults.append(Fault(status=status, headers={"Location": target}))
        error = refused(house.embedder(api_key_env=VARIABLE, key=KEY), EmbedderUnavailable)
        assert "another address" in error.message
        assert other.asked == []


def shown(error: LoreError) -> str:
    """Everything that may be shown of an error, and of those it came from."""
    texts = [error.message, error.suggestion, json.dumps(error.details), repr(error.actions)]
    cause: BaseException | None = error
    while cause is not None:
        texts.append(repr(cause))
        cause = cause.__cause__
    return "\n".join(texts)
