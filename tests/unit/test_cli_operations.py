"""Setting up and looking after: init, auth, doctor, migrate, project, in memory."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.memory.blame import MemoryBlame, MemoryRepository
from adapters.memory.gitlab import MemoryGitLab
from adapters.memory.store_schema import MemoryStoreSchema
from adapters.memory.tokens import MemoryTokens
from application.ports.store_health import HeldLock
from application.ports.tokens import FoundToken
from cli_house import CONFIG, TOKEN, CliHouse
from contracts.tokens_contract import KEPT
from domain.blame import Checkout
from domain.errors import GitLabAuthFailed, GitLabUnavailable, MigrationFailed
from domain.git_remotes import Remote
from sync_house import BASE_URL, INSTANCE

PATH = "group/project"
DAY = 86_400_000


@pytest.fixture
def at(tmp_path: Path) -> CliHouse:
    made = CliHouse(tmp_path)
    made.house.gitlab.create_project(PATH)
    return made


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliHouse:
    """A machine that has no configuration yet, with a GitLab called by its host."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = CliHouse(tmp_path, "")
    del made.lore.environ["LORE_CONFIG"]
    made.house.gitlab.create_project(PATH)
    made.house.gitlabs.readers["gitlab.example.com"] = made.house.gitlab
    made.lore.adapters["tokens"] = MemoryTokens(**{"gitlab.example.com": TOKEN})
    return made


INIT = ("init", "--non-interactive", "--url", f"{BASE_URL}/", "--token-env", "GITLAB_TOKEN", "--project", PATH)


class TestInit:
    def written(self, at: CliHouse) -> dict[str, object]:
        (text,) = at.files.texts.values()
        return tomllib.loads(text)

    def test_it_writes_a_configuration_and_registers_the_projects(self, fresh: CliHouse, tmp_path: Path) -> None:
        data = fresh.lore(*INIT, "--username", "alice", "--default-project", PATH).data
        assert data["config_path"] == str(tmp_path / "config" / "lore" / "config.toml")
        assert data["projects"] == [PATH]
        assert data["token"]["username"] == "reader"
        assert self.written(fresh) == {
            "default_project": PATH,
            "instances": [
                {
                    "name": "gitlab.example.com",
                    "url": BASE_URL,
                    "token_env": "GITLAB_TOKEN",
                    "username": "alice",
                    "projects": [PATH],
                }
            ],
        }
        assert [one["path"] for one in fresh.lore("project", "list").data["items"]] == [PATH]

    def test_groups_bring_their_projects(self, fresh: CliHouse) -> None:
        fresh.house.gitlab.create_project("group/deep/other")
        data = fresh.lore(*INIT[:-2], "--group", "group").data
        assert sorted(data["projects"]) == ["group/deep/other", PATH]

    def test_a_project_that_is_not_there_stops_it(self, fresh: CliHouse) -> None:
        ran = fresh.lore(*INIT, "--project", "group/typo")
        assert (ran.exit_code, list(ran.error["details"]["missing"])) == (6, ["group/typo"])
        assert fresh.files.texts == {}

    def test_a_token_that_is_not_good_stops_it(self, fresh: CliHouse) -> None:
        fresh.house.gitlab.requests.fail(GitLabAuthFailed("no", details={"reason": "expired"}), times=None)
        ran = fresh.lore(*INIT)
        assert (ran.exit_code, ran.error["details"]["reason"]) == (5, "expired")
        assert fresh.files.texts == {}

    def test_it_asks_nobody_when_told_so(self, fresh: CliHouse) -> None:
        fresh.house.gitlab.requests.fail(GitLabUnavailable("down"), times=None)
        assert fresh.lore(*INIT, "--no-check").data["projects"] == [PATH]
        assert self.written(fresh)["instances"]

    def test_without_an_address_there_is_nothing_to_do(self, fresh: CliHouse) -> None:
        assert fresh.lore("init", "--non-interactive").exit_code == 2

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("--url", "gitlab.example.com"),
            ("--name", "a b"),
            ("--token-env", "CI JOB"),
            ("--project", "app"),
            ("--group", "a//b"),
            ("--default-project", "app"),
        ],
    )
    def test_what_the_file_would_not_take_is_refused(self, fresh: CliHouse, option: str, value: str) -> None:
        ran = fresh.lore(*INIT, option, value)
        assert (ran.exit_code, ran.error["details"]["key"]) == (3, option)

    def test_another_gitlab_is_added_to_what_is_there(self, at: CliHouse) -> None:
        at.house.gitlabs.readers["home"] = at.house.gitlab
        at.lore.adapters["tokens"] = MemoryTokens(home=TOKEN)
        at.config.write_text("# mine\n" + CONFIG)
        ran = at.lore("init", "--url", "https://git.home.example", "--name", "home", "--project", PATH)
        assert ran.exit_code == 0
        text = at.files.texts[str(at.config)]
        assert text.startswith("# mine\n")
        assert [one["name"] for one in tomllib.loads(text)["instances"]] == [INSTANCE, "home"]

    @pytest.mark.parametrize("name", [INSTANCE, "another"])
    def test_the_same_gitlab_is_not_added_twice(self, at: CliHouse, name: str) -> None:
        ran = at.lore("init", "--url", BASE_URL, "--name", name, "--no-check")
        assert (ran.exit_code, at.files.texts) == (3, {})

    def test_a_default_project_is_not_added_behind_tables(self, at: CliHouse) -> None:
        ran = at.lore("init", "--url", "https://git.home.example", "--default-project", PATH, "--no-check")
        assert ran.exit_code == 2

    def test_force_replaces_what_is_there(self, at: CliHouse) -> None:
        assert at.lore("init", "--url", BASE_URL, "--name", "new", "--no-check", "--force").exit_code == 0
        assert [one["name"] for one in tomllib.loads(at.files.texts[str(at.config)])["instances"]] == ["new"]

    def test_plain_http_is_warned_about(self, fresh: CliHouse) -> None:
        ran = fresh.lore("init", "--non-interactive", "--url", "http://gitlab.example.com", "--no-check")
        assert "unencrypted" in ran.answer["meta"]["warnings"][0]


class TestWizard:
    def test_it_asks_for_address_token_and_projects(self, fresh: CliHouse) -> None:
        fresh.lore.environ["GITLAB_TOKEN"] = TOKEN
        ran = fresh.lore("init", terminal=True, stdin=f"{BASE_URL}\ny\n{PATH}\n\n")
        assert ran.exit_code == 0, ran.stderr
        assert "lore sync" in ran.stdout
        (text,) = fresh.files.texts.values()
        assert tomllib.loads(text)["instances"][0]["token_env"] == "GITLAB_TOKEN"

    def test_it_proposes_the_project_of_the_checkout(self, fresh: CliHouse) -> None:
        remote = Remote(name="origin", host="gitlab.example.com", path=PATH)
        repository = MemoryRepository(checkout=Checkout(root="/repo", remotes=(remote,)))
        fresh.lore.adapters["blame"] = MemoryBlame(repository, folder="/repo")
        fresh.lore.environ["GITLAB_TOKEN"] = TOKEN
        ran = fresh.lore("init", "--url", BASE_URL, terminal=True, stdin="\n\n\n")
        assert PATH in ran.stdout, ran.stderr

    def test_a_token_that_is_typed_is_kept_and_not_shown(
        self, fresh: CliHouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tokens = MemoryTokens(**{"gitlab.example.com": None})
        fresh.lore.adapters["tokens"] = tokens
        monkeypatch.setattr("typer.prompt", lambda _words, **_options: KEPT)
        ran = fresh.lore("init", "--url", BASE_URL, "--project", PATH, terminal=True)
        assert ran.exit_code == 0, ran.stderr
        assert tokens.find("gitlab.example.com").secret == KEPT
        assert KEPT not in ran.stdout + ran.stderr + "".join(fresh.files.texts.values())

    def test_a_typed_token_that_is_not_good_is_not_kept(self, fresh: CliHouse, monkeypatch: pytest.MonkeyPatch) -> None:
        tokens = MemoryTokens(**{"gitlab.example.com": None})
        fresh.lore.adapters["tokens"] = tokens
        fresh.house.gitlab.requests.fail(GitLabAuthFailed("no"), times=None)
        monkeypatch.setattr("typer.prompt", lambda _words, **_options: KEPT)
        assert fresh.lore("init", "--url", BASE_URL, "--project", PATH, terminal=True).exit_code == 5
        assert not tokens.forget("gitlab.example.com")


class TestAuth:
    def test_a_good_token_is_told_with_whose_it_is(self, at: CliHouse) -> None:
        (item,) = at.lore("auth").data["items"]
        assert item == {
            "instance": INSTANCE,
            "url": BASE_URL,
            "username": "reader",
            "name": "Reader",
            "scopes": ["read_api"],
            "expires_at": None,
            "days_left": None,
            "origin": "memory",
            "exposed": False,
        }
        assert "@reader" in at.lore("auth", terminal=True).stdout

    def set_token(self, at: CliHouse, scopes: tuple[str, ...] | None, expires_at: str | None) -> None:
        at.house.gitlab.token_info = replace(at.house.gitlab.token_info, scopes=scopes, expires_at=expires_at)

    def test_the_days_that_are_left_are_told(self, at: CliHouse) -> None:
        self.set_token(at, None, "2026-01-11")
        assert at.lore("auth").data["items"][0]["days_left"] == 10
        shown = at.lore("auth", terminal=True).stdout
        assert "2026-01-11 (10 days)" in shown
        assert "not told by this server" in shown

    def test_too_few_rights_are_told(self, at: CliHouse) -> None:
        self.set_token(at, ("read_user",), None)
        ran = at.lore("auth")
        assert (ran.exit_code, ran.error["details"]["reason"]) == (5, "insufficient_scope")

    def test_every_instance_is_asked_before_an_error_is_told(self, at: CliHouse) -> None:
        at.config.write_text(f'[[instances]]\nname = "home"\nurl = "https://git.home.example"\n{CONFIG}')
        at.lore.adapters["tokens"] = MemoryTokens(**{INSTANCE: TOKEN, "home": None})
        ran = at.lore("auth")
        assert ran.exit_code == 4
        assert ran.error["details"]["good"] == [INSTANCE]
        assert list(ran.error["details"]["failed"]) == ["home"]


class TestDoctor:
    def states(self, at: CliHouse, *arguments: str) -> dict[str, str]:
        return {check["name"]: check["state"] for check in at.lore("doctor", *arguments).data["checks"]}

    def test_all_is_well(self, at: CliHouse) -> None:
        assert set(self.states(at).values()) == {"ok"}
        assert "✓" in at.lore("doctor", terminal=True).stdout

    @pytest.mark.requirement("cli:doctor-quick")
    def test_quick_asks_no_server(self, at: CliHouse) -> None:
        at.house.gitlab.requests.fail(GitLabUnavailable("down"), times=None)
        assert set(self.states(at, "--quick")) == {"configuration", f"token of {INSTANCE}", "store"}

    @pytest.mark.requirement("cli:doctor-quick")
    def test_what_is_not_ready_exits_19_with_every_check(self, at: CliHouse) -> None:
        at.lore.adapters["tokens"] = MemoryTokens(**{INSTANCE: None})
        ran = at.lore("doctor", "--quick")
        assert (ran.exit_code, ran.error["code"]) == (19, "HEALTH_CHECK_FAILED")
        checks = {check["name"]: check["code"] for check in ran.error["details"]["checks"]}
        assert checks[f"token of {INSTANCE}"] == "TOKEN_NOT_SET"

    def test_people_see_all_checks_and_the_remedy(self, at: CliHouse) -> None:
        at.health.damaged = ("page 3 is torn",)
        ran = at.lore("doctor", terminal=True)
        assert ran.exit_code == 19
        assert "✗  integrity" in ran.stdout
        assert "lore stats --check" in ran.stdout
        assert "Not ready: integrity" in ran.stderr

    def test_without_a_configuration_it_says_so(self, fresh: CliHouse) -> None:
        ran = fresh.lore("doctor")
        assert ran.exit_code == 19
        assert ran.error["details"]["checks"][0]["code"] == "CONFIG_NOT_FOUND"

    def test_a_wrong_configuration_is_a_failed_check(self, at: CliHouse) -> None:
        at.config.write_text("[synch]")
        ran = at.lore("doctor", terminal=True)
        assert ran.exit_code == 19
        assert "synch" in ran.stdout

    @pytest.mark.parametrize(
        ("ill", "check", "state"),
        [
            (lambda at: setattr(at.schema, "current", None), "store", "warning"),
            (lambda at: setattr(at.schema, "current", "0001"), "store", "warning"),
            (lambda at: setattr(at.schema, "current", None), "integrity", "skipped"),
            (lambda at: setattr(at.schema, "current", None), "full text", "skipped"),
            (lambda at: setattr(at.schema, "current", None), "locks", "skipped"),
        ],
    )
    def test_what_is_not_there_yet_is_no_failure(self, at: CliHouse, ill: object, check: str, state: str) -> None:
        assert callable(ill)
        ill(at)
        assert self.states(at)[check] == state

    def test_gaps_in_the_index_are_a_failure(self, at: CliHouse) -> None:
        at.health.gaps = 3
        ran = at.lore("doctor")
        assert ran.error["message"] == "Not ready: full text."
        assert ran.error["actions"] == ["lore stats --repair"]

    def test_locks_are_told_with_who_holds_them(self, at: CliHouse) -> None:
        at.health.held = (
            HeldLock(name="sync", pid=7, host="here", acquired_at=0, heartbeat_at=0, alive=True),
            HeldLock(name="embed", pid=8, host="here", acquired_at=0, heartbeat_at=0, alive=False),
        )
        shown = at.lore("doctor", terminal=True).stdout
        assert "sync by process 7 on here" in shown
        assert "Left behind by processes that ended: embed" in shown

    def test_a_token_that_others_may_read_is_a_warning(self, at: CliHouse) -> None:
        at.lore.adapters["tokens"] = ExposedTokens()
        (check,) = [one for one in at.lore("doctor").data["checks"] if one["name"] == f"token of {INSTANCE}"]
        assert (check["state"], check["actions"]) == ("warning", ["chmod 600 /home/me/token"])
        assert "others on this machine" in at.lore("auth", terminal=True).stdout

    @pytest.mark.parametrize(("days", "state"), [(3, "warning"), (60, "ok")])
    def test_a_token_that_ends_soon_is_a_warning(self, at: CliHouse, days: int, state: str) -> None:
        end = datetime.fromtimestamp(at.house.clock.now_ms() / 1000 + days * 86_400, UTC).date().isoformat()
        at.house.gitlab.token_info = replace(at.house.gitlab.token_info, expires_at=end)
        assert self.states(at)[f"rights on {INSTANCE}"] == state

    def test_too_few_rights_are_a_failure(self, at: CliHouse) -> None:
        at.house.gitlab.token_info = replace(at.house.gitlab.token_info, scopes=("read_user",))
        assert at.lore("doctor").error["message"] == f"Not ready: rights on {INSTANCE}."

    def test_a_clock_that_is_wrong_is_a_warning(self, tmp_path: Path) -> None:
        at = CliHouse(tmp_path)
        at.house.gitlabs.readers[INSTANCE] = MemoryGitLab(at.house.clock, base_url=BASE_URL, skew_ms=-120_000)
        assert self.states(at)[f"server of {INSTANCE}"] == "warning"


class ExposedTokens(MemoryTokens):
    """A token in a file that everybody can read."""

    def __init__(self) -> None:
        super().__init__(**{INSTANCE: TOKEN})

    def find(self, instance: str) -> FoundToken:
        return replace(super().find(instance), origin="file /home/me/token", exposed=True)


class TestMigrate:
    def migrate(self, at: CliHouse, *arguments: str, schema: MemoryStoreSchema) -> dict[str, object]:
        at.lore.adapters["schema"] = schema
        data: dict[str, object] = at.lore("migrate", *arguments).data
        return data

    def test_an_old_store_is_brought_to_the_newest_schema(self, at: CliHouse) -> None:
        data = self.migrate(at, schema=MemoryStoreSchema("0001"))
        assert (data["before"], data["after"], data["needed"]) == ("0001", "0002", False)

    def test_a_check_changes_nothing(self, at: CliHouse) -> None:
        data = self.migrate(at, "--check", schema=MemoryStoreSchema("0001"))
        assert (data["before"], data["after"], data["needed"]) == ("0001", "0001", True)

    def test_no_store_is_nothing_to_do(self, at: CliHouse) -> None:
        assert self.migrate(at, schema=MemoryStoreSchema(None))["after"] is None

    @pytest.mark.parametrize(
        ("current", "arguments", "words"),
        [
            (None, (), "There is no store"),
            ("0001", (), "went from schema 0001 to 0002"),
            ("0001", ("--check",), "0002 is the newest"),
            ("0002", (), "has the newest schema"),
        ],
    )
    def test_people_are_told_what_was_done(
        self, at: CliHouse, current: str | None, arguments: tuple[str, ...], words: str
    ) -> None:
        at.lore.adapters["schema"] = MemoryStoreSchema(current)
        assert words in at.lore("migrate", *arguments, terminal=True).stdout

    def test_a_migration_that_fails_has_its_exit_code(self, at: CliHouse) -> None:
        schema = MemoryStoreSchema("0001")
        schema.error = MigrationFailed("no")
        at.lore.adapters["schema"] = schema
        assert at.lore("migrate").exit_code == 11


class TestProjects:
    @pytest.fixture
    def synced(self, at: CliHouse) -> CliHouse:
        at.lore("sync")
        return at

    def test_a_project_of_named_items_only_is_shown_as_such(self, at: CliHouse) -> None:
        other = at.house.gitlab.create_project("group/other")
        at.house.gitlab.create_issue(other)
        at.house.later()
        at.lore("sync", "--issue", "1", "-p", "group/other")
        (item,) = at.lore("project", "list").data["items"]
        assert (item["path"], item["in_standard_sync"], item["issues"]) == ("group/other", False, 1)
        assert "named items only" in at.lore("project", "list", terminal=True).stdout

    def test_no_project_says_what_to_do(self, at: CliHouse) -> None:
        assert "lore sync" in at.lore("project", "list", terminal=True).stdout

    @pytest.mark.requirement("sync:rule-11")
    def test_a_project_is_forgotten(self, synced: CliHouse) -> None:
        assert synced.lore("project", "forget", PATH).data["item"]["path"] == PATH
        assert synced.lore("project", "list").data["items"] == []
        assert synced.house.held_locks() == set()

    def test_what_deletes_does_not_guess(self, synced: CliHouse) -> None:
        ran = synced.lore("project", "forget", "group/projekt")
        assert (ran.exit_code, ran.error["details"]["near"]) == (17, [PATH])

    def test_a_former_path_will_do(self, synced: CliHouse) -> None:
        (project,) = synced.house.gitlab.projects.values()
        synced.house.gitlab.rename_project(project, "group/renamed")
        synced.lore("sync")
        assert synced.lore("project", "forget", PATH).data["item"]["path"] == "group/renamed"

    @pytest.mark.parametrize(("typed", "left"), [("n\n", 1), ("y\n", 0)])
    def test_people_are_asked(self, synced: CliHouse, typed: str, left: int) -> None:
        ran = synced.lore("project", "forget", PATH, terminal=True, stdin=typed)
        assert ran.exit_code == (130 if left else 0)
        assert len(synced.lore("project", "list").data["items"]) == left

    def test_people_can_say_yes_before(self, synced: CliHouse) -> None:
        assert "is gone" in synced.lore("project", "forget", PATH, "--yes", terminal=True).stdout

    def test_of_several_instances_one_has_to_be_named(self, synced: CliHouse) -> None:
        home = synced.house.gitlab
        synced.house.gitlabs.readers["home"] = home
        synced.config.write_text(f'{CONFIG}[[instances]]\nname = "home"\nurl = "https://x.org"\nprojects = ["{PATH}"]')
        assert synced.lore("sync").exit_code == 0
        ran = synced.lore("project", "forget", PATH)
        assert (ran.exit_code, ran.error["details"]["candidates"]) == (18, ["home", INSTANCE])
        assert synced.lore("project", "forget", PATH, "--instance", "home").data["item"]["instance"] == "home"
