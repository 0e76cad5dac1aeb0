"""The settings: where each comes from, and what is wrong with a file that is wrong."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from domain.errors import ConfigInvalid, ConfigNotFound, FileError
from entrypoints.config_keys import INSTANCE, TABLES
from entrypoints.setting_rows import setting_rows
from entrypoints.settings import (
    EmbeddingSettings,
    InstanceSettings,
    Settings,
    StorageSettings,
    SyncSettings,
    WhoSettings,
    is_loopback,
)
from entrypoints.settings_loading import load_settings

ONE = """
[[instances]]
name = "work"
url = "https://gitlab.example.com"
"""


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> Settings:
    file = folder / "config.toml"
    file.write_text(text)
    return load_settings(environ or {}, config=file)


def refusal(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> ConfigInvalid:
    with pytest.raises(ConfigInvalid) as raised:
        load(folder, text, environ)
    return raised.value


class TestWhatAFileSays:
    def test_every_key_of_the_specification_is_read(self, tmp_path: Path) -> None:
        settings = load(
            tmp_path,
            """
            default_project = "group/app"
            [[instances]]
            name = "work"
            url = "https://gitlab.example.com/gitlab/"
            token_env = "WORK_TOKEN"
            username = "alice"
            projects = ["group/app", "group/lib", "group/app"]
            groups = ["platform"]
            ca_file = "certificates.pem"
            [sync]
            requests_per_second = 30
            concurrency = 4
            stale_lock_minutes = 5
            reconcile_days = 3
            fetch_resource_events = false
            [embedding]
            provider = "none"
            [who]
            weights = ["authored=30/90", "nearby=0"]
            exclude = ["release-bot"]
            [storage]
            database_url = "sqlite:///here/lore.db"
            """,
        )
        assert settings.instances == (
            InstanceSettings(
                name="work",
                url="https://gitlab.example.com/gitlab",
                token_env="WORK_TOKEN",
                username="alice",
                projects=("group/app", "group/lib"),
                groups=("platform",),
                ca_file=tmp_path / "certificates.pem",
            ),
        )
        assert settings.sync == SyncSettings(
            requests_per_second=30.0, concurrency=4, stale_lock_minutes=5, reconcile_days=3, fetch_resource_events=False
        )
        assert settings.embedding.provider == "none"
        assert settings.who == WhoSettings(weights=("authored=30/90", "nearby=0"), exclude=("release-bot",))
        assert settings.default_project == "group/app"
        assert settings.store_file == tmp_path / "here" / "lore.db"

    def test_an_empty_file_is_all_defaults(self, tmp_path: Path) -> None:
        settings = load(tmp_path, "")
        assert (settings.sync, settings.embedding) == (SyncSettings(), EmbeddingSettings())
        assert settings.origins == {"config_file": "flag --config"}

    def test_the_key_tables_name_every_field_and_no_other(self) -> None:
        assert {each.name for each in fields(InstanceSettings)} == set(INSTANCE)
        records = {"sync": SyncSettings, "embedding": EmbeddingSettings, "who": WhoSettings, "storage": StorageSettings}
        assert {name: {each.name for each in fields(record)} for name, record in records.items()} == {
            name: set(keys) for name, keys in TABLES.items()
        }

    def test_addresses_are_normalised(self, tmp_path: Path) -> None:
        text = '[[instances]]\nname = "a"\nurl = "HTTPS://GitLab.Example.com:443/"'
        assert load(tmp_path, text).instances[0].url == "https://gitlab.example.com"


class TestWhichValueWins:
    def test_the_environment_goes_before_the_file(self, tmp_path: Path) -> None:
        settings = load(
            tmp_path,
            '[storage]\ndatabase_url = "sqlite:////in/file.db"',
            {"LORE_DATABASE_URL": "sqlite:////in/environment.db"},
        )
        assert settings.store_file == Path("/in/environment.db")
        assert settings.origins["storage.database_url"] == "environment LORE_DATABASE_URL"

    def test_an_empty_variable_is_none(self, tmp_path: Path) -> None:
        settings = load(tmp_path, '[storage]\ndatabase_url = "sqlite:////in/file.db"', {"LORE_DATABASE_URL": ""})
        assert settings.store_file == Path("/in/file.db")

    def test_the_flag_goes_before_the_variable(self, tmp_path: Path) -> None:
        (tmp_path / "flag.toml").write_text('default_project = "from/flag"')
        (tmp_path / "variable.toml").write_text('default_project = "from/variable"')
        environ = {"LORE_CONFIG": str(tmp_path / "variable.toml")}
        assert load_settings(environ, config=tmp_path / "flag.toml").default_project == "from/flag"
        assert load_settings(environ).default_project == "from/variable"

    def test_rows_say_where_each_value_comes_from(self, tmp_path: Path) -> None:
        settings = load(tmp_path, ONE + "[sync]\nconcurrency = 3")
        origins = {row.key: row.origin for row in setting_rows(settings)}
        file = f"file {tmp_path / 'config.toml'}"
        assert origins["config_file"] == "flag --config"
        assert origins["sync.concurrency"] == origins["instances.work.url"] == file
        assert origins["sync.reconcile_days"] == origins["instances.work.token_env"] == "default"

    def test_rows_for_people_are_words(self, tmp_path: Path) -> None:
        shown = {row.key: row.shown for row in setting_rows(load(tmp_path, f'{ONE}projects = ["a/b", "c/d"]'))}
        assert shown["instances.work.projects"] == "a/b, c/d"
        assert (shown["sync.fetch_diffs"], shown["default_project"]) == ("true", "")


class TestFiles:
    def test_no_file_at_the_usual_place_is_found_out_only_when_an_instance_is_needed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        settings = load_settings({})
        assert not settings.config_exists
        with pytest.raises(ConfigNotFound) as raised:
            settings.configured_instances()
        assert "lore init" in raised.value.actions

    @pytest.mark.parametrize("environ", [{}, {"LORE_CONFIG": "/nowhere/config.toml"}])
    def test_a_file_that_was_named_has_to_be_there(self, environ: dict[str, str], tmp_path: Path) -> None:
        with pytest.raises(ConfigNotFound):
            load_settings(environ, config=None if environ else tmp_path / "missing.toml")

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(FileError):
            load_settings({}, config=tmp_path)

    def test_what_is_no_toml_is_told_with_its_line(self, tmp_path: Path) -> None:
        assert "line 2" in refusal(tmp_path, "[sync]\nconcurrency = = 3").message

    def test_what_is_no_text_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(ConfigInvalid, match="UTF-8"):
            load_settings({}, config=tmp_path / "config.toml")

    def test_a_file_without_instances_is_told_as_such(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigInvalid, match="names no GitLab"):
            load(tmp_path, "").configured_instances()


@pytest.mark.requirement("cli:config-errors-name-key-value-remedy")
class TestWrongFiles:
    @pytest.mark.parametrize(
        ("text", "key", "right"),
        [
            ("[sync]\nconcurrency = 0", "sync.concurrency", "from 1 to 32"),
            ('[sync]\nconcurrency = "many"', "sync.concurrency", "whole number"),
            ("[sync]\nconcurrency = true", "sync.concurrency", "whole number"),
            ("[sync]\nrequests_per_second = nan", "sync.requests_per_second", "a number"),
            ('[sync]\nrequests_per_second = "x"', "sync.requests_per_second", "a number"),
            ("[sync]\nfetch_diffs = 1", "sync.fetch_diffs", "true or false"),
            ('[embedding]\nprovider = "magic"', "embedding.provider", "builtin, ollama, openai, none"),
            ('[who]\nweights = ["fame=3"]', "who.weights", "authored=25/180"),
            ('[who]\nexclude = ["@bot"]', "who.exclude", "without @"),
            ("[embedding]\nmodel = 3", "embedding.model", "name of a model"),
            ('[storage]\ndatabase_url = "postgresql://u:p@h/db"', "storage.database_url", "not built yet"),
            ('[storage]\ndatabase_url = "sqlite:///:memory:?x=1"', "storage.database_url", "sqlite:///"),
            ("[storage]\ndatabase_url = 1", "storage.database_url", "sqlite:///"),
            ('default_project = "app"', "default_project", "group/project"),
            ("default_project = 1", "default_project", "group/project"),
            ("sync = 3", "sync", "a table"),
            ("instances = 3", "instances", "one [[instances]] table"),
            ("instances = [3]", "instances", "one [[instances]] table"),
            (f'{ONE}projects = ["group/app", 3]', "instances.work.projects", "each entry"),
            (f'{ONE}projects = "group/app"', "instances.work.projects", "a list"),
            (f'{ONE}groups = ["a//b"]', "instances.work.groups", "a group"),
            (f'{ONE}token_command = "pass show"', "instances.work.token_command", "a list of words"),
            (f'{ONE}token_env = "CI_JOB_TOKEN"', "instances.work.token_env", "read_api"),
            (f"{ONE}{ONE}", "instances.work.name", "no other instance"),
            ('[[instances]]\nname = "a"\nurl = "gitlab.example.com"', "instances.a.url", "https://gitlab"),
            ('[[instances]]\nname = "a"\nurl = 3', "instances.a.url", "https://gitlab"),
            ('[[instances]]\nname = "a b"\nurl = "https://x.org"', "instances.a b.name", "short name"),
        ],
    )
    def test_a_wrong_value_is_named_with_what_would_be_right(
        self, tmp_path: Path, text: str, key: str, right: str
    ) -> None:
        error = refusal(tmp_path, text)
        assert error.details["key"] == key
        assert key in error.message
        assert right in error.suggestion

    @pytest.mark.parametrize(
        ("text", "key", "meant"),
        [
            ("[sync]\nconcurency = 3", "sync.concurency", "concurrency"),
            ('[[instances]]\nname = "a"\nurll = "x"\nurl = "https://x.org"', "instances.a.urll", "url"),
            ("[synch]", "synch", "sync"),
        ],
    )
    def test_an_unknown_key_is_told_with_what_was_likely_meant(
        self, tmp_path: Path, text: str, key: str, meant: str
    ) -> None:
        error = refusal(tmp_path, text)
        assert key in error.message
        assert f"Did you mean {meant}?" in error.suggestion

    def test_an_instance_needs_its_url(self, tmp_path: Path) -> None:
        assert "instances.a lacks url" in refusal(tmp_path, '[[instances]]\nname = "a"').message

    def test_an_instance_needs_its_name(self, tmp_path: Path) -> None:
        assert "instances[1] lacks name" in refusal(tmp_path, '[[instances]]\nurl = "https://x.org"').message

    @pytest.mark.requirement("cli:token-never-shown")
    @pytest.mark.parametrize(
        "text",
        [
            f'{ONE}token = "hunter2hunter2"',
            f'{ONE}token_env = "hunter2hunter2-!"',
            '[[instances]]\nname = "a"\nurl = "https://me:hunter2hunter2@gitlab.example.com"',
            '[storage]\ndatabase_url = "postgresql://me:hunter2hunter2@host/db"',
        ],
    )
    def test_what_may_be_a_secret_is_not_repeated(self, tmp_path: Path, text: str) -> None:
        error = refusal(tmp_path, text)
        assert "hunter2" not in f"{error.message} {error.suggestion} {error.details}"

    def test_escape_sequences_in_a_value_are_made_harmless(self, tmp_path: Path) -> None:
        assert "\x1b" not in refusal(tmp_path, '[embedding]\nprovider = "\\u001b[2J"').message

    def test_a_wrong_variable_is_named_as_one(self, tmp_path: Path) -> None:
        error = refusal(tmp_path, "", {"LORE_DATABASE_URL": "mysql://x"})
        assert error.message.startswith("environment: LORE_DATABASE_URL")


class TestDangers:
    @pytest.mark.parametrize(
        ("url", "warned"),
        [
            ("http://gitlab.example.com", True),
            ("http://10.0.0.1:8080", True),
            ("http://localhost:8080", False),
            ("http://127.0.0.1", False),
            ("http://[::1]:80", False),
            ("https://gitlab.example.com", False),
        ],
    )
    def test_plain_http_to_another_machine_is_warned_about(self, tmp_path: Path, url: str, warned: bool) -> None:
        settings = load(tmp_path, f'[[instances]]\nname = "a"\nurl = "{url}"')
        assert bool(settings.warnings()) is warned

    @pytest.mark.parametrize("host", ["localhost.example.com", "127.0.0.1.example.com", "127.example.com", "128.0.0.1"])
    def test_names_that_only_look_like_this_machine_are_not(self, host: str) -> None:
        assert not is_loopback(host)

    def test_an_unknown_instance_is_told_with_the_known_ones(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigInvalid) as raised:
            load(tmp_path, ONE).instance("home")
        assert "work" in raised.value.suggestion
