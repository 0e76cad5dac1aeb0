"""The HTTP API over a store that was synced from the sample GitLab."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from starlette.testclient import TestClient

from adapters.memory.progress import MemoryProgress
from adapters.sample_gitlab.gitlab import SampleGitLab
from adapters.sample_gitlab.sample_data import SAMPLE_TOKEN, sample_world
from application.sync.commands import NamedOnInstance, SyncProjects
from entrypoints.container import Container, Surroundings, open_container
from entrypoints.http.app import create_app
from entrypoints.settings import InstanceSettings, Settings, StorageSettings

DOCS = "orchard/docs"


def settings_for(folder: Path, url: str) -> Settings:
    return Settings(
        config_file=folder / "config.toml",
        config_exists=True,
        data_folder=folder,
        storage=StorageSettings(database_url=f"sqlite:///{folder / 'lore.db'}"),
        instances=(InstanceSettings(name="sample", url=url, token_env="SAMPLE", projects=(DOCS,)),),
    )


@contextmanager
def opened(settings: Settings) -> Iterator[Container]:
    with open_container(settings, Surroundings(environ={"SAMPLE": SAMPLE_TOKEN}, progress=MemoryProgress())) as box:
        yield box


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """The container of a store with one project in it; the GitLab it came from is gone."""
    with SampleGitLab(sample_world()) as gitlab:
        settings = settings_for(tmp_path_factory.mktemp("served"), gitlab.url)
        with opened(settings) as syncing:
            named = NamedOnInstance(instance="sample", base_url=gitlab.url, path=DOCS)
            syncing.standard_sync()(SyncProjects(projects=(named,)))
    with opened(settings) as box:
        yield box


@pytest.fixture(scope="module")
def client(box: Container) -> Iterator[TestClient]:
    app = create_app(lambda: nullcontext(box))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def get(client: TestClient, path: str) -> Any:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["ok"] is True
    return answer


def error(client: TestClient, path: str, status: int) -> Any:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status
    told = response.json()
    assert told["ok"] is False
    assert set(told["error"]) == {"code", "message", "suggestion", "actions", "details"}
    return told["error"]


class TestLists:
    @pytest.mark.requirement("http:same-answers")
    @pytest.mark.parametrize("path", ["issues", "mrs", "notes", "search?q=handbook", "sync-runs"])
    def test_every_list_fits_the_schema_that_openapi_tells(self, client: TestClient, path: str) -> None:
        answer = get(client, path)
        route = client.get("/openapi.json").json()["paths"][f"/api/v1/{path.partition('?')[0]}"]
        schema = route["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(answer, schema)
        (items,) = answer["data"].values()
        assert items

    @pytest.mark.parametrize("path", ["issues", "mrs", "notes", "search?q=handbook"])
    def test_every_answer_from_the_store_says_how_fresh_it_is(self, client: TestClient, path: str) -> None:
        freshness = get(client, path)["meta"]["freshness"]
        assert (freshness["state"], freshness["last_run_status"]) == ("fresh", "succeeded")

    def test_pages_lead_to_all_of_them(self, client: TestClient) -> None:
        seen: list[int] = []
        cursor = ""
        while True:
            answer = get(client, f"mrs?limit=5&sort=iid&asc=true{cursor}")
            seen += [item["iid"] for item in answer["data"]["items"]]
            if answer["meta"]["next_cursor"] is None:
                break
            cursor = f"&cursor={answer['meta']['next_cursor']}"
        assert seen == sorted(seen)
        assert len(seen) == answer["meta"]["total"] == len(set(seen))

    @pytest.mark.parametrize(
        ("query", "fits"),
        [
            ("issues?state=opened", lambda item: item["state"] == "opened"),
            ("issues?author=farah", lambda item: item["author"] == "farah"),
            ("mrs?state=merged", lambda item: item["state"] == "merged"),
            ("mrs?draft=false", lambda item: item["draft"] is False),
            ("notes?type=DiffNote", lambda item: item["type"] == "DiffNote"),
            ("notes?system=true&issue=1&project=docs", lambda item: item["parent_iid"] == 1),
            ("notes?mr=2&project=docs", lambda item: item["noteable_type"] == "MergeRequest"),
        ],
    )
    def test_filters_filter(self, client: TestClient, query: str, fits: Any) -> None:
        items = get(client, query)["data"]["items"]
        assert items
        assert all(fits(item) for item in items)

    def test_search_is_filtered_by_kind(self, client: TestClient) -> None:
        results = get(client, "search?q=handbook&type=mr&type=issue")["data"]["results"]
        assert results
        assert {result["kind"] for result in results} <= {"issue", "merge_request"}

    def test_runs_are_filtered_and_cut_honestly(self, client: TestClient) -> None:
        answer = get(client, "sync-runs?state=succeeded&mode=standard&limit=1")
        assert (answer["meta"]["total"], answer["meta"]["truncated"]) == (1, False)
        assert get(client, "sync-runs?state=failed")["data"]["runs"] == []


class TestSingleThings:
    def test_an_issue_comes_with_its_threads(self, client: TestClient) -> None:
        item = get(client, "issues/1?project=docs")["data"]["item"]
        assert (item["iid"], item["project_path"]) == (1, DOCS)
        assert item["threads"][0]["notes"][0]["web_url"].startswith("http://127.0.0.1")

    def test_a_merge_request_comes_with_its_commits(self, client: TestClient) -> None:
        assert get(client, "mrs/1?project=orchard/docs")["data"]["item"]["commits"]

    def test_fields_and_bounds_are_for_every_answer(self, client: TestClient) -> None:
        assert list(get(client, "issues?fields=iid,title&limit=1")["data"]["items"][0]) == ["iid", "title"]
        assert len(client.get("/api/v1/notes?max_tokens=300").content) <= 900

    def test_status_tells_how_every_project_stands(self, client: TestClient) -> None:
        answer = get(client, "status")
        assert [(one["path"], one["pending"]) for one in answer["data"]["projects"]] == [(DOCS, 0)]
        assert answer["meta"]["freshness"]["state"] == "fresh"

    def test_health_tells_every_check(self, client: TestClient) -> None:
        assert get(client, "health")["data"]["ready"] is True


class TestErrors:
    @pytest.mark.requirement("http:same-errors")
    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            ("issues/9999?project=docs", 404, "NOT_FOUND"),
            ("issues?project=nowhere", 404, "NOT_FOUND"),
            ("sync-runs?run_id=zzz", 404, "NOT_FOUND"),
            ("nowhere", 404, "NOT_FOUND"),
            ("issues?state=merged", 422, "USAGE"),
            ("issues?limit=0", 422, "USAGE"),
            ("issues/0", 422, "USAGE"),
            ("issues?since=soon", 422, "USAGE"),
            ("issues?cursor=xyz", 422, "USAGE"),
            ("issues?fields=nope", 422, "USAGE"),
            ("issues?require_fresh=soon", 422, "USAGE"),
            ("notes?type=Note", 422, "USAGE"),
            ("search", 422, "USAGE"),
            ("issues?require_fresh=0s", 409, "STALE"),
        ],
    )
    def test_they_have_the_one_shape(self, client: TestClient, path: str, status: int, code: str) -> None:
        assert error(client, path, status)["code"] == code

    def test_a_wrong_parameter_is_named(self, client: TestClient) -> None:
        assert error(client, "issues?since=soon", 422)["details"]["parameter"] == "since"
        assert error(client, "issues?limit=x", 422)["details"]["parameter"] == "limit"

    @pytest.mark.requirement("http:read-only")
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    def test_nothing_can_be_changed(self, client: TestClient, method: str) -> None:
        response = client.request(method, "/api/v1/issues")
        assert (response.status_code, response.json()["error"]["code"]) == (405, "USAGE")

    def test_a_fault_has_the_shape_too_and_a_log(
        self, box: Container, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        app = create_app(lambda: nullcontext(box))

        @app.get("/api/v1/fault")
        def fault() -> None:
            raise ValueError("unforeseen")

        with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
            told = error(client, "fault", 500)
        assert told["code"] == "INTERNAL_ERROR"
        assert "unforeseen" in Path(told["details"]["log"]).read_text()

    def test_a_machine_that_is_not_ready_is_unhealthy(self, tmp_path: Path) -> None:
        settings = settings_for(tmp_path, "http://127.0.0.1:1")
        surroundings = Surroundings(environ={}, progress=MemoryProgress())
        app = create_app(lambda: open_container(settings, surroundings))
        with TestClient(app, base_url="http://127.0.0.1") as client:
            response = client.get("/api/v1/health")
        assert (response.status_code, response.json()["data"]["ready"]) == (503, False)


class TestSafety:
    @pytest.mark.requirement("http:host-check")
    @pytest.mark.parametrize("path", ["/api/v1/issues", "/openapi.json", "/nowhere"])
    def test_a_foreign_host_name_gets_nothing(self, client: TestClient, path: str) -> None:
        response = client.get(path, headers={"Host": "evil.example"})
        assert response.status_code == 403
        assert "orchard" not in response.text

    def test_answers_may_not_be_stored_or_taken_for_something_else(self, client: TestClient) -> None:
        headers = client.get("/api/v1/issues").headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers

    def test_openapi_is_the_only_page(self, client: TestClient) -> None:
        assert client.get("/docs").status_code == client.get("/redoc").status_code == 404
        paths = client.get("/openapi.json").json()["paths"]
        assert all(list(methods) == ["get"] for methods in paths.values())

    @pytest.mark.requirement("cli:token-never-shown")
    def test_the_token_is_in_no_answer(self, client: TestClient) -> None:
        for path in ("health", "sync-runs", "issues", "../../openapi.json"):
            assert SAMPLE_TOKEN not in json.dumps(client.get(f"/api/v1/{path}").text)
