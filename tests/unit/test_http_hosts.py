"""Only whoever means this machine is answered."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from domain.errors import FileError, UsageError
from entrypoints.http.hosts import HostCheck
from entrypoints.http.serving import listening_socket

pytestmark = pytest.mark.requirement("http:host-check")


def answered(host: str, *, allowed: tuple[str, ...] = (), any_address: bool = False) -> bool:
    def hello(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    app = HostCheck(Starlette(routes=[Route("/", hello)]), allowed=allowed, any_address=any_address)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        response = client.get("/", headers={"Host": host})
    if response.status_code == 403:
        assert response.json()["error"]["code"] == "USAGE"
        return False
    return response.text == "hello"


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:7373", "127.0.0.1:7373", "127.9.9.9", "[::1]:7373", "LOCALHOST", "lore.localhost"]
)
def test_this_machines_own_names_are_answered(host: str) -> None:
    assert answered(host)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:7373", "10.0.0.1", "[2001:db8::1]", "", "[::1"],
)
def test_every_other_name_is_refused(host: str) -> None:
    assert not answered(host)


def test_a_name_that_is_allowed_is_answered() -> None:
    assert answered("Lore.Example.com:80", allowed=("lore.example.com",))


@pytest.mark.parametrize(
    ("host", "fine"), [("10.0.0.1:7373", True), ("[2001:db8::1]:7", True), ("evil.example", False)]
)
def test_for_others_addresses_of_numbers_are_answered_since_no_name_can_become_one(host: str, fine: bool) -> None:
    assert answered(host, any_address=True) is fine


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])  # noqa: S104 - they are refused
def test_what_others_can_reach_is_not_listened_on_unasked(host: str) -> None:
    with pytest.raises(UsageError, match="can be reached by others"):
        listening_socket(host, 0, allow_remote=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_listened_on(host: str) -> None:
    with listening_socket(host, 0, allow_remote=False) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_told() -> None:
    with (
        listening_socket("127.0.0.1", 0, allow_remote=False) as first,
        pytest.raises(FileError, match="listened"),
    ):
        listening_socket("127.0.0.1", first.getsockname()[1], allow_remote=False)
