"""`lore sync`, its ledger and `lore generate-docs`, over a GitLab and a store in memory."""

import shlex
from pathlib import Path

import pytest

from adapters.memory.blame import MemoryBlame, MemoryRepository
from adapters.memory.server.model import ServerItem, ServerProject
from cli_house import CONFIG, CliHouse
from domain.blame import Checkout
from domain.errors import GitLabForbidden, GitLabUnavailable
from domain.git_remotes import Remote
from sync_house import BASE_URL, HOUR

PATH = "group/project"


@pytest.fixture
def at(tmp_path: Path) -> CliHouse:
    return CliHouse(tmp_path)


@pytest.fixture
def project(at: CliHouse) -> ServerProject:
    return at.house.gitlab.create_project(PATH)


@pytest.fixture
def issue(at: CliHouse, project: ServerProject) -> ServerItem:
    made = at.house.gitlab.create_issue(project)
    at.house.later()
    return made


@pytest.fixture
def merge_request(at: CliHouse, project: ServerProject) -> ServerItem:
    made = at.house.gitlab.create_merge_request(project)
    at.house.later()
    return made


def requests(at: CliHouse) -> int:
    return at.house.gitlabs.statistics().requests


class TestStandardSync:
    @pytest.mark.usefixtures("issue", "merge_request")
    def test_a_robot_gets_the_ledger_row(self, at: CliHouse) -> None:
        data = at.lore("sync").data
        assert (data["mode"], data["status"], data["phase"]) == ("standard", "succeeded", "done")
        assert data["counters"]["created"] == 2
        assert data["projects"] == [{"path": PATH, "fetched": 2, "note": ""}]
        assert [stage["stage"] for stage in data["stages"]] == ["resolve", "ingest", "dependents", "docs", "embed"]
        assert data["run_id"] == at.lore("sync-runs").data["runs"][0]["run_id"]

    @pytest.mark.usefixtures("issue")
    def test_people_get_a_summary(self, at: CliHouse) -> None:
        shown = at.lore("sync", terminal=True).stdout
        assert PATH in shown
        assert "1 created" in shown

    @pytest.mark.requirement("sync:rule-13")
    @pytest.mark.usefixtures("project")
    def test_a_sync_that_fetched_nothing_says_why(self, at: CliHouse) -> None:
        assert "Nothing changed" in at.lore("sync").data["projects"][0]["note"]
        assert "Nothing changed" in at.lore("sync", terminal=True).stdout

    @pytest.mark.requirement("sync:rule-15")
    @pytest.mark.usefixtures("issue")
    def test_a_dry_run_asks_nothing_and_writes_nothing(self, at: CliHouse) -> None:
        data = at.lore("sync", "--dry-run", "--no-docs", "--full").data
        assert data["projects"] == [{"instance": "work", "base_url": BASE_URL, "path": PATH}]
        assert (data["full"], data["stages"]) == (True, ["resolve", "ingest", "dependents"])
        assert (requests(at), at.house.store.committed, len(at.house.ledger.saved)) == (0, 0, 0)

    def test_a_dry_run_is_told_to_people(self, at: CliHouse) -> None:
        shown = at.lore("sync", "--dry-run", terminal=True).stdout
        assert f"{PATH} (work)" in shown

    @pytest.mark.requirement("sync:rule-15")
    @pytest.mark.usefixtures("issue")
    def test_stages_are_left_out_when_asked(self, at: CliHouse) -> None:
        data = at.lore("sync", "--no-docs").data
        assert [stage["stage"] for stage in data["stages"]] == ["resolve", "ingest", "dependents"]

    @pytest.mark.requirement("sync:rule-15")
    @pytest.mark.parametrize(
        ("option", "left_out"),
        [("--no-events", {"label_events", "milestone_events", "state_events"}), ("--no-diffs", {"diffs"})],
    )
    def test_dependents_are_left_out_when_asked(self, at: CliHouse, option: str, left_out: set[str]) -> None:
        everything = set(at.lore("sync", "--dry-run").data["dependents"])
        assert everything - set(at.lore("sync", "--dry-run", option).data["dependents"]) == left_out

    def test_the_settings_leave_dependents_out_unless_asked_for(self, tmp_path: Path) -> None:
        at = CliHouse(tmp_path, CONFIG + "[sync]\nfetch_diffs = false")
        assert "diffs" not in at.lore("sync", "--dry-run").data["dependents"]
        assert "diffs" in at.lore("sync", "--dry-run", "--diffs").data["dependents"]

    def test_one_configured_project_can_be_chosen(self, at: CliHouse) -> None:
        plan = at.lore("sync", "--dry-run", "-p", "Group/Project").data
        assert [one["path"] for one in plan["projects"]] == ["Group/Project"]

    def test_a_project_below_a_configured_group_can_be_chosen(self, tmp_path: Path) -> None:
        at = CliHouse(tmp_path, CONFIG + 'groups = ["platform"]')
        plan = at.lore("sync", "--dry-run", "-p", "platform/deep/tool").data
        assert ([one["path"] for one in plan["projects"]], plan["groups"]) == (["platform/deep/tool"], [])

    def test_a_project_that_is_not_configured_is_refused(self, at: CliHouse) -> None:
        ran = at.lore("sync", "-p", "group/other")
        assert (ran.exit_code, ran.error["details"]["configured"]) == (2, [PATH])

    def test_a_configuration_without_projects_is_told(self, tmp_path: Path) -> None:
        at = CliHouse(tmp_path, CONFIG.replace("projects", "# projects"))
        assert at.lore("sync").exit_code == 3

    def test_no_configuration_is_told(self, tmp_path: Path) -> None:
        at = CliHouse(tmp_path, "")
        assert at.lore("sync").exit_code == 20

    def test_where_every_project_failed_the_exit_code_says_why(self, at: CliHouse) -> None:
        ran = at.lore("sync")
        assert (ran.exit_code, ran.error["code"]) == (6, "GITLAB_NOT_FOUND")


class TestPartialFailures:
    @pytest.fixture
    def at(self, tmp_path: Path) -> CliHouse:
        at = CliHouse(tmp_path, CONFIG.replace('["group/project"]', '["group/project", "group/gone"]'))
        at.house.gitlab.create_issue(at.house.gitlab.create_project(PATH))
        at.house.later()
        return at

    @pytest.mark.requirement("sync:rule-13")
    def test_it_exits_0_with_a_warning_and_the_failures(self, at: CliHouse) -> None:
        answer = at.lore("sync").answer
        assert "1 failure" in answer["meta"]["warnings"][0]
        (failure,) = answer["data"]["failures"]
        assert (failure["project_path"], failure["code"]) == ("group/gone", "GITLAB_NOT_FOUND")

    @pytest.mark.requirement("sync:rule-13")
    def test_strict_makes_it_an_error_of_that_kind(self, at: CliHouse) -> None:
        ran = at.lore("sync", "--strict")
        assert (ran.exit_code, ran.error["code"]) == (6, "GITLAB_NOT_FOUND")
        assert len(ran.error["details"]["failures"]) == 1

    def test_people_see_what_failed_and_what_to_do(self, at: CliHouse) -> None:
        shown = at.lore("sync", terminal=True).stdout
        assert "group/gone" in shown
        assert "Still to be done: lore sync" in shown


class TestSurgicalSync:
    @pytest.mark.usefixtures("issue", "merge_request")
    def test_a_robot_gets_the_ledger_row_with_each_target(self, at: CliHouse) -> None:
        data = at.lore("sync", "--issue", "1", "--mr", "1", "-p", PATH).data
        assert (data["mode"], data["project_path"], data["targets"]) == ("surgical", PATH, ["#1", "!1"])
        assert [(one["kind"], one["status"], one["complete"]) for one in data["entity_results"]] == [
            ("issue", "created", True),
            ("merge_request", "created", True),
        ]
        assert data["suggested_retry_command"] is None

    @pytest.mark.usefixtures("issue")
    def test_people_see_each_target(self, at: CliHouse) -> None:
        shown = at.lore("sync", "--issue", "1", "-p", PATH, terminal=True).stdout
        assert f"{PATH}#1" in shown
        assert "created" in shown

    @pytest.mark.usefixtures("issue", "merge_request")
    def test_addresses_name_project_and_item(self, at: CliHouse) -> None:
        ran = at.lore(
            "sync",
            f"{BASE_URL}/{PATH}/-/issues/1#note_5",
            "--mr-url",
            f"{BASE_URL}/{PATH}/-/merge_requests/1/diffs",
        )
        assert sorted(ran.data["targets"]) == ["!1", "#1"]

    @pytest.mark.requirement("surgical:C8")
    @pytest.mark.usefixtures("issue")
    def test_a_dry_run_asks_nothing_and_writes_nothing(self, at: CliHouse) -> None:
        data = at.lore("sync", "--dry-run", "--issue", "1", "-p", PATH).data
        assert data["targets"] == [{"kind": "issue", "iid": 1, "web_url": f"{BASE_URL}/{PATH}/-/issues/1"}]
        assert data["phases"] == ["preflight", "ingest", "dependents", "docs", "embed"]
        assert (requests(at), at.house.store.committed, len(at.house.ledger.saved)) == (0, 0, 0)

    def test_a_dry_run_of_a_preflight_has_one_phase(self, at: CliHouse) -> None:
        ran = at.lore("sync", "--dry-run", "--preflight-only", "--issue", "1", "-p", PATH)
        assert ran.data["phases"] == ["preflight"]

    def test_a_dry_run_is_told_to_people(self, at: CliHouse) -> None:
        assert "#1" in at.lore("sync", "--dry-run", "--issue", "1", "-p", PATH, terminal=True).stdout

    @pytest.mark.requirement("surgical:C15")
    @pytest.mark.usefixtures("issue")
    def test_a_preflight_writes_no_content(self, at: CliHouse) -> None:
        data = at.lore("sync", "--preflight-only", "--issue", "1", "-p", PATH).data
        assert data["entity_results"][0]["status"] == "found"
        assert at.house.store.committed == 0

    @pytest.mark.requirement("surgical:C9")
    @pytest.mark.usefixtures("issue")
    def test_all_missing_targets_are_told_at_once(self, at: CliHouse) -> None:
        ran = at.lore("sync", "--issue", "1", "--issue", "8", "--mr", "9", "-p", PATH)
        assert (ran.exit_code, ran.error["code"]) == (6, "SURGICAL_PREFLIGHT_FAILED")
        targets = ran.error["details"]["targets"]
        assert [(one["target"], one["reason"]) for one in targets] == [("#8", "not_found"), ("!9", "not_found")]

    @pytest.mark.parametrize(
        ("arguments", "offender"),
        [
            (["--issue", "0", "-p", PATH], "--issue 0"),
            (["--issue", "1", "--full", "-p", PATH], "--full"),
            (["--issue", "1", "--no-docs", "-p", PATH], "--no-docs"),
            (["--issue", "1", "--no-diffs", "-p", PATH], "--no-diffs"),
            (
                ["https://evil.example.com/group/project/-/issues/1"],
                "https://evil.example.com/group/project/-/issues/1",
            ),
            (
                ["--issue-url", f"{BASE_URL}/other/project/-/issues/1", "-p", PATH],
                f"{BASE_URL}/other/project/-/issues/1",
            ),
            (["--issue", "1"], "--issue 1"),
        ],
    )
    @pytest.mark.requirement("surgical:rejections")
    def test_what_cannot_be_meant_is_refused_before_any_request(
        self, at: CliHouse, arguments: list[str], offender: str
    ) -> None:
        ran = at.lore("sync", *arguments)
        assert (ran.exit_code, ran.error["details"]["target"]) == (2, offender)
        assert requests(at) == 0
        assert at.house.ledger.saved == []

    def test_a_preflight_needs_targets(self, at: CliHouse) -> None:
        assert at.lore("sync", "--preflight-only").exit_code == 2

    @pytest.mark.usefixtures("issue")
    def test_the_checkouts_project_is_meant_where_none_is_named(self, at: CliHouse) -> None:
        remote = Remote(name="origin", host="gitlab.example.com", path=PATH)
        repository = MemoryRepository(checkout=Checkout(root="/repo", remotes=(remote,)))
        at.lore.adapters["blame"] = MemoryBlame(repository, folder="/repo")
        assert at.lore("sync", "--issue", "1").data["project_path"] == PATH

    def test_outside_a_checkout_the_default_project_is_meant(self, tmp_path: Path) -> None:
        at = CliHouse(tmp_path, f'default_project = "{PATH}"{CONFIG}')
        assert at.lore("sync", "--dry-run", "--issue", "1").data["project_path"] == PATH

    @pytest.mark.usefixtures("issue")
    def test_the_suggested_command_does_what_is_left(self, at: CliHouse) -> None:
        at.house.gitlab.requests.fail(GitLabUnavailable("down"), times=None)
        assert at.lore("sync", "--issue", "1", "-p", PATH).exit_code == 8
        run = at.lore("sync-runs").data["runs"][0]
        command = shlex.split(run["suggested_retry_command"])
        assert command == ["lore", "sync", "--issue-url", f"{BASE_URL}/{PATH}/-/issues/1"]


class TestInterrupts:
    @pytest.mark.requirement("sync:rule-14", "surgical:C12")
    @pytest.mark.parametrize("arguments", [("sync",), ("sync", "--issue", "1", "-p", PATH)])
    @pytest.mark.usefixtures("issue")
    def test_a_sync_that_is_stopped_exits_130_and_says_so_in_the_ledger(
        self, at: CliHouse, arguments: tuple[str, ...]
    ) -> None:
        at.house.cancellation.cancel()
        ran = at.lore(*arguments)
        assert (ran.exit_code, ran.error["code"]) == (130, "CANCELLED")
        assert at.house.last_run.status.value == "cancelled"
        assert at.house.held_locks() == set()


class TestSyncRuns:
    def run_ids(self, at: CliHouse, *arguments: str) -> list[str]:
        return [run["run_id"] for run in at.lore("sync-runs", *arguments).data["runs"]]

    @pytest.fixture
    def synced(self, at: CliHouse, issue: ServerItem) -> CliHouse:
        assert issue.iid == 1
        at.lore("sync")
        at.house.clock.advance(HOUR)
        at.lore("sync", "--issue", "7", "-p", PATH)
        at.house.clock.advance(HOUR)
        at.lore("sync", "--issue", "1", "-p", PATH)
        return at

    def test_they_are_newest_first(self, synced: CliHouse) -> None:
        runs = synced.lore("sync-runs").data["runs"]
        assert [(run["mode"], run["status"]) for run in runs] == [
            ("surgical", "succeeded"),
            ("surgical", "failed"),
            ("standard", "succeeded"),
        ]

    @pytest.mark.parametrize(("arguments", "count"), [(["--state", "failed"], 1), (["--mode", "standard"], 1)])
    def test_they_are_filtered(self, synced: CliHouse, arguments: list[str], count: int) -> None:
        assert len(self.run_ids(synced, *arguments)) == count

    def test_a_list_that_is_cut_says_so(self, synced: CliHouse) -> None:
        meta = synced.lore("sync-runs", "-n", "2").answer["meta"]
        assert (meta["total"], meta["truncated"]) == (3, True)
        assert "2 of 3" in synced.lore("sync-runs", "-n", "2", terminal=True).stdout

    def test_one_run_is_shown_in_full_by_the_beginning_of_its_id(self, synced: CliHouse) -> None:
        newest = self.run_ids(synced)[0]
        assert self.run_ids(synced, "--run-id", newest) == [newest]
        shown = synced.lore("sync-runs", "--run-id", newest, terminal=True).stdout
        assert newest in shown
        assert "#1" in shown

    def test_an_unknown_run_is_told(self, synced: CliHouse) -> None:
        assert synced.lore("sync-runs", "--run-id", "zzz").exit_code == 17

    def test_a_beginning_of_several_ids_is_ambiguous(self, synced: CliHouse) -> None:
        assert synced.lore("sync-runs", "--run-id", "run-").exit_code == 18

    def test_an_empty_ledger_says_what_to_do(self, at: CliHouse) -> None:
        assert "lore sync" in at.lore("sync-runs", terminal=True).stdout
        assert at.lore("runs").data["runs"] == []

    def test_a_state_that_is_none_is_a_usage_error(self, at: CliHouse) -> None:
        assert at.lore("sync-runs", "--state", "done").exit_code == 2

    def test_a_failed_standard_run_is_tried_again_by_a_sync(self, at: CliHouse) -> None:
        at.lore("sync")
        (run,) = at.lore("sync-runs").data["runs"]
        assert (run["status"], run["suggested_retry_command"]) == ("failed", "lore sync")


class TestGenerateDocs:
    @pytest.mark.usefixtures("issue")
    def test_what_was_left_out_is_made(self, at: CliHouse) -> None:
        at.lore("sync", "--no-docs")
        assert at.lore("generate-docs").data == {"written": 1, "unchanged": 0, "removed": 0}
        assert at.lore("generate-docs").data == {"written": 0, "unchanged": 0, "removed": 0}

    @pytest.mark.usefixtures("issue", "merge_request")
    def test_full_looks_at_all_of_them_again(self, at: CliHouse) -> None:
        at.lore("sync")
        assert at.lore("generate-docs", "--full").data == {"written": 0, "unchanged": 2, "removed": 0}

    def test_people_are_told_the_numbers(self, at: CliHouse) -> None:
        assert "0 documents written" in at.lore("generate-docs", terminal=True).stdout


@pytest.mark.usefixtures("issue")
def test_a_forbidden_target_has_the_exit_code_of_its_reason(at: CliHouse) -> None:
    at.house.gitlab.requests.fail(GitLabForbidden("not for you", details={"reason": "forbidden"}), times=None)
    ran = at.lore("sync", "--issue", "1", "-p", PATH)
    assert (ran.exit_code, ran.error["code"]) == (5, "GITLAB_AUTH_FAILED")
