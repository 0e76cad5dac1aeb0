"""Which embedder the settings choose, what is wrong with settings that choose none, and what is shown of them."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapters.embedders.minilm import MiniLm
from adapters.embedders.served_embedder import ServedEmbedder
from adapters.memory.clock import MemoryClock
from adapters.memory.embedder import MemoryEmbedder
from application.operations.doctor import examined
from application.operations.embedder_check import EmbedderAnswers
from application.ports.embedder import Embedder
from application.ports.health import CheckState
from domain.errors import ConfigInvalid, EmbedderUnavailable
from entrypoints.embedder_choice import chosen_embedder
from entrypoints.setting_rows import setting_rows
from entrypoints.settings import EmbeddingSettings, Settings
from entrypoints.settings_loading import load_settings

OLLAMA = '[embedding]\nprovider = "ollama"\nmodel = "nomic-embed-text"\n'


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> Settings:
    file = folder / "config.toml"
    file.write_text(text)
    return load_settings(environ or {}, config=file)


def chosen(settings: EmbeddingSettings) -> Embedder | None:
    with ExitStack() as closing:
        return chosen_embedder(settings, environ={}, clock=MemoryClock(), closing=closing)


class TestWhatAFileSays:
    def test_every_key_of_a_server_is_read(self, tmp_path: Path) -> None:
        text = """
            [embedding]
            provider = "openai"
            model = "text-embedding-3-small"
            base_url = "https://embeddings.example.com/v1/"
            api_key_env = "EMBEDDING_KEY"
            dimensions = 512
            timeout_seconds = 30
            """
        assert load(tmp_path, text).embedding == EmbeddingSettings(
            provider="openai",
            model="text-embedding-3-small",
            base_url="https://embeddings.example.com/v1",
            api_key_env="EMBEDDING_KEY",
            dimensions=512,
            timeout_seconds=30.0,
        )

    @pytest.mark.requirement("search:prefixes")
    def test_prefixes_keep_their_blanks_and_may_be_empty(self, tmp_path: Path) -> None:
        settings = load(tmp_path, f'{OLLAMA}query_prefix = "Instruct: find\\nQuery: "\ndocument_prefix = ""')
        assert settings.embedding.query_prefix == "Instruct: find\nQuery: "
        assert settings.embedding.document_prefix == ""

    def test_settings_for_later_may_stay_while_embedding_is_off(self, tmp_path: Path) -> None:
        settings = load(tmp_path, '[embedding]\nprovider = "none"\nmodel = "nomic-embed-text"')
        assert settings.embedding == EmbeddingSettings(provider="none", model="nomic-embed-text")

    @pytest.mark.requirement("cli:token-never-shown")
    def test_the_key_is_not_among_the_settings_that_are_shown(self, tmp_path: Path) -> None:
        settings = load(tmp_path, f'{OLLAMA}api_key_env = "EMBEDDING_KEY"', {"EMBEDDING_KEY": "hunter2hunter2"})
        rows = {row.key: (row.shown, row.origin) for row in setting_rows(settings)}
        assert rows["embedding.api_key_env"] == ("EMBEDDING_KEY", f"file {tmp_path / 'config.toml'}")
        assert rows["embedding.model"][0] == "nomic-embed-text"
        assert rows["embedding.timeout_seconds"] == ("120.0", "default")
        assert "hunter2" not in f"{settings} {rows}"


@pytest.mark.requirement("cli:config-errors-name-key-value-remedy")
@pytest.mark.parametrize(
    ("text", "key", "right"),
    [
        ('[embedding]\nprovider = "ollama"', "embedding.model", "nomic-embed-text"),
        ('[embedding]\nprovider = "openai"', "embedding.model", "text-embedding-3-small"),
        ('[embedding]\nmodel = "bert"', "embedding.model", "provider is one of ollama, openai"),
        ('[embedding]\nprovider = "builtin"\ndimensions = 3', "embedding.dimensions", "provider is one of"),
        (f"{OLLAMA}dimensions = 0", "embedding.dimensions", "from 1 to"),
        (f"{OLLAMA}timeout_seconds = 0", "embedding.timeout_seconds", "from 0.1 to 3600"),
        (f'{OLLAMA}query_prefix = "{"a" * 1_001}"', "embedding.query_prefix", "empty for none"),
        (f'{OLLAMA}base_url = "localhost:11434"', "embedding.base_url", "embedding server"),
        (f'{OLLAMA}base_url = "http://me:secret@localhost"', "embedding.base_url", "embedding server"),
        (f'{OLLAMA}url = "http://localhost"', "embedding.url", "base_url"),
        (f'{OLLAMA}api_key = "hunter2hunter2"', "embedding.api_key", "name its variable with api_key_env"),
        (f'{OLLAMA}api_key_env = "hunter2-hunter2"', "embedding.api_key_env", "environment variable"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_be_right(tmp_path: Path, text: str, key: str, right: str) -> None:
    with pytest.raises(ConfigInvalid) as raised:
        load(tmp_path, text)
    assert raised.value.details["key"] == key
    assert right in raised.value.suggestion
    assert "hunter2" not in f"{raised.value.message} {raised.value.suggestion} {raised.value.details}"


@pytest.mark.parametrize(
    ("base_url", "warned"),
    [
        ("http://embeddings.example.com", True),
        ("http://127.0.0.1:11434", False),
        ("https://embeddings.example.com", False),
    ],
)
def test_texts_that_travel_unencrypted_are_warned_about(tmp_path: Path, base_url: str, warned: bool) -> None:
    assert bool(load(tmp_path, f'{OLLAMA}base_url = "{base_url}"').warnings()) is warned


class TestTheChoice:
    def test_is_the_one_inside_unless_another_is_configured(self) -> None:
        assert isinstance(chosen(EmbeddingSettings()), MiniLm)

    def test_may_be_none(self) -> None:
        assert chosen(EmbeddingSettings(provider="none")) is None

    def test_of_a_server_asks_nothing_before_it_is_used(self) -> None:
        assert isinstance(chosen(EmbeddingSettings(provider="ollama", model="nomic")), ServedEmbedder)
        assert isinstance(chosen(EmbeddingSettings(provider="openai", model="text-embedding-3-small")), ServedEmbedder)


class TestTheCheckOfTheDoctor:
    def test_tells_what_embeds(self) -> None:
        report = examined(EmbedderAnswers(embedder=MemoryEmbedder()))
        assert (report.state, report.message) == (CheckState.OK, "hash@1 embeds, in 64 dimensions.")

    def test_is_left_out_where_there_is_no_embedder(self) -> None:
        assert examined(EmbedderAnswers(embedder=None)).state is CheckState.SKIPPED

    def test_tells_the_remedy_of_one_that_fails(self) -> None:
        embedder = MemoryEmbedder()
        embedder.error = EmbedderUnavailable("dead", suggestion="Start it.")
        report = examined(EmbedderAnswers(embedder=embedder))
        assert (report.state, report.remedy, report.code) == (CheckState.FAILED, "Start it.", "EMBEDDER_UNAVAILABLE")
