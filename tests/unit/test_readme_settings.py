"""What the README and `lore config keys` say about the configuration is all that there is, and right."""

import re
from pathlib import Path

from entrypoints.config_keys import INSTANCE, TABLES, TOP
from entrypoints.setting_docs import MEANINGS, setting_docs
from entrypoints.settings import EmbeddingSettings
from entrypoints.settings_loading import load_settings

README = Path(__file__).parents[2] / "README.md"
KEYS = {
    *TOP,
    *(f"instances.{key}" for key in INSTANCE),
    *(f"{table}.{key}" for table, keys in TABLES.items() for key in keys),
}


def example() -> str:
    found = re.search(r"<!-- every key -->\n```toml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_example_is_a_configuration_with_every_key(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(example(), "utf-8")
    settings = load_settings({}, config=file)
    in_file = {key for key, origin in settings.origins.items() if origin.startswith("file ")}
    assert {key.replace("instances.work.", "instances.") for key in in_file} == KEYS
    assert settings.warnings() == ()
    assert settings.embedding == EmbeddingSettings(
        provider="openai",
        model="text-embedding-3-small",
        base_url="https://api.openai.com/v1",
        api_key_env="OPENAI_API_KEY",
        dimensions=512,
        query_prefix="",
        document_prefix="",
    )


def test_every_key_is_explained_and_nothing_else() -> None:
    docs = {doc.key: doc for doc in setting_docs()}
    assert {*docs} == {*MEANINGS} == KEYS
    assert (docs["sync.concurrency"].default, docs["embedding.provider"].default) == (8, "builtin")
    assert docs["embedding.dimensions"].takes == "a whole number from 1 to 16384"
