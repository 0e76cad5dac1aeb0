"""Remote URLs name projects, never secrets."""

import pytest

from domain.git_remotes import Remote, parse_remote, project_path


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://gitlab.example.com/group/app.git", "gitlab.example.com", "group/app"),
        ("https://oauth2:sekrit@gitlab.example.com/group/sub/app", "gitlab.example.com", "group/sub/app"),
        ("https://gitlab.example.com:8443/gitlab/group/app.git/", "gitlab.example.com", "gitlab/group/app"),
        ("ssh://git@GitLab.example.com:2222/group/app.git", "gitlab.example.com", "group/app"),
        ("git@gitlab.example.com:group/sub/app.git", "gitlab.example.com", "group/sub/app"),
        ("gitlab.example.com:/group/app", "gitlab.example.com", "group/app"),
        ("git://gitlab.example.com/group/app.git", "gitlab.example.com", "group/app"),
        ("https://gitlab.example.com/gr%C3%BCppe/app", "gitlab.example.com", "grüppe/app"),
    ],
)
def test_a_remote_is_read_as_host_and_path(url: str, host: str, path: str) -> None:
    remote = parse_remote("origin", url)
    assert remote == Remote(name="origin", host=host, path=path)
    assert "sekrit" not in repr(remote)


@pytest.mark.parametrize(
    "url", ["", "/srv/git/app.git", "../app", "C:\\repos\\app", "file:///srv/app", "https://host/"]
)
def test_what_is_no_server_is_no_remote(url: str) -> None:
    assert parse_remote("origin", url) is None


@pytest.mark.requirement("trace:project-of-checkout")
@pytest.mark.parametrize(
    ("host", "path", "base_url", "project"),
    [
        ("gitlab.example.com", "group/app", "https://gitlab.example.com", "group/app"),
        ("gitlab.example.com", "gitlab/group/app", "https://gitlab.example.com/gitlab", "group/app"),
        ("gitlab.example.com", "group/app", "https://gitlab.example.com/gitlab", "group/app"),
        ("altssh.gitlab.com", "group/app", "https://gitlab.com", "group/app"),
        ("github.com", "group/app", "https://gitlab.com", None),
        ("gitlab.com", "group/app", "not a url", None),
    ],
)
def test_a_remote_of_the_configured_gitlab_is_a_project(
    host: str, path: str, base_url: str, project: str | None
) -> None:
    assert project_path(Remote(name="origin", host=host, path=path), base_url) == project
