"""GitLab's web addresses are read strictly, and written so that they are read back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.addresses import (
    MAX_IID,
    MAX_LENGTH,
    ItemAddress,
    Site,
    canonical_url,
    is_path_part,
    read_address,
    read_iid,
    read_item,
    read_project_path,
    read_site,
    same_path,
    sites_of,
)
from domain.errors import UsageError
from domain.refs import EntityKind

ISSUE, CHANGE = EntityKind.ISSUE, EntityKind.MERGE_REQUEST
HOME = read_site("https://gitlab.example.com")
ROOTED = read_site("https://gitlab.example.com/git/lab/")
PARTS = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd"), include_characters="_-."), min_size=1, max_size=12)
PATHS = st.lists(PARTS.filter(is_path_part), min_size=2, max_size=5).map("/".join)


def item(path: str) -> ItemAddress:
    return read_item(read_address(f"https://gitlab.example.com{path}"), HOME)


class TestSites:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("https://GitLab.Example.com", "https://gitlab.example.com"),
            ("HTTPS://gitlab.example.com:443/", "https://gitlab.example.com"),
            ("http://gitlab.example.com:80", "http://gitlab.example.com"),
            ("http://localhost:8080/gitlab/", "http://localhost:8080/gitlab"),
            ("https://gitlab.example.com:/", "https://gitlab.example.com"),
            ("https://127.0.0.1:8443", "https://127.0.0.1:8443"),
            ("http://[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"),
            ("https://B\u00fccher.example", "https://xn--bcher-kva.example"),
            ("  https://gitlab.example.com  ", "https://gitlab.example.com"),
            ("https://host/gr%C3%BCn", "https://host/gr%C3%BCn"),
        ],
    )
    def test_a_base_url_is_normalised(self, written: str, shown: str) -> None:
        assert str(read_site(written)) == shown

    @pytest.mark.parametrize(
        "written",
        [
            "",
            "gitlab.example.com",
            "ftp://gitlab.example.com",
            "https://",
            "https:///group",
            "https://user@gitlab.example.com",
            "https://gitlab.example.com@evil.example",
            "https://gitlab.example.com:0",
            "https://gitlab.example.com:65536",
            "https://gitlab.example.com:44a",
            "https://gitlab.example.com:\u0664\u0664\u0663",
            "https://gitlab.example.com.",
            "https://gitlab..example.com",
            "https://gitlab.example.com%2f",
            "https://[::g]",
            "https://[1:2]",
            "https://[::1",
            "https://\uff47itlab.example.com",
            "https://gitlab\u3002example.com",
            "https://stra\u00dfe.example",
            "https://\u212ade.example",
            "http\u017f://gitlab.example.com",
            "https://" + "\u00fc" * 80 + ".example",
            "https://gitlab.example.com/a b",
            "https://gitlab.example.com/\u202e",
            "https://gitlab.example.com\\group",
            "https://gitlab.example.com/\ud800",
            "https://gitlab.example.com/%zz",
            "https://gitlab.example.com/%ff",
            "https://gitlab.example.com/%2e%2e",
            "https://gitlab.example.com/a%2Fb",
            "https://gitlab.example.com/%00",
            pytest.param("https://gitlab.example.com/" + "x" * MAX_LENGTH, id="too long"),
        ],
    )
    def test_what_a_browser_would_repair_or_guess_is_refused(self, written: str) -> None:
        with pytest.raises(UsageError) as raised:
            read_site(written)
        assert raised.value.message

    def test_a_user_name_before_the_host_is_named_as_the_trick_it_is(self) -> None:
        with pytest.raises(UsageError, match="user name or password"):
            read_site("https://gitlab.example.com@evil.example")

    def test_an_address_lies_in_the_deepest_site_that_contains_it(self) -> None:
        inside = read_address("https://gitlab.example.com/git/lab/group/app")
        outside = read_address("https://gitlab.example.com/git/labour/app")
        assert sites_of(inside, (HOME, ROOTED)) == (ROOTED,)
        assert sites_of(outside, (HOME, ROOTED)) == (HOME,)
        assert sites_of(outside, (ROOTED,)) == ()

    def test_the_root_of_a_site_is_matched_with_its_case(self) -> None:
        assert sites_of(read_address("https://gitlab.example.com/Git/lab/group/app"), (ROOTED,)) == ()


class TestItems:
    @pytest.mark.parametrize(
        ("path", "project", "kind", "iid"),
        [
            ("/group/app/-/issues/1", "group/app", ISSUE, 1),
            ("/group/app/-/issues/1/designs/x.png", "group/app", ISSUE, 1),
            ("/group/app/-/issues/incident/1/timeline", "group/app", ISSUE, 1),
            ("/group/app/issues/incident/1", "group/app", ISSUE, 1),
            ("/group/app/-/merge_requests/2.diff", "group/app", CHANGE, 2),
            ("/group/app/-/merge_requests/2.patch", "group/app", CHANGE, 2),
            ("/group/app/-/merge_requests/2/pipelines", "group/app", CHANGE, 2),
            ("/group/app/merge_requests/2/commits?commit_id=1", "group/app", CHANGE, 2),
            ("/group/issues/-/issues/3", "group/issues", ISSUE, 3),
            ("/group/issues/issues/3", "group/issues", ISSUE, 3),
            ("/group/issues/merge_requests/issues/3", "group/issues/merge_requests", ISSUE, 3),
            ("/a/b/c/d/e/f/g/-/work_items/4", "a/b/c/d/e/f/g", ISSUE, 4),
            ("//group//app//-//issues//5//", "group/app", ISSUE, 5),
            ("/gr%C3%BC%C3%9Fe/%E3%82%A2%E3%83%97%E3%83%AA/-/issues/6", "gr\u00fc\u00dfe/\u30a2\u30d7\u30ea", ISSUE, 6),
            ("/1/2/-/issues/7", "1/2", ISSUE, 7),
            ("/.dot/app.js/-/issues/8", ".dot/app.js", ISSUE, 8),
        ],
    )
    def test_every_form_names_its_item(self, path: str, project: str, kind: EntityKind, iid: int) -> None:
        assert item(path) == ItemAddress(project_path=project, kind=kind, iid=iid)

    @pytest.mark.parametrize(("anchor", "note"), [("note_9", 9), ("notes", None), ("note_", None), ("note_9x", None)])
    def test_an_anchor_names_the_note(self, anchor: str, note: int | None) -> None:
        assert item(f"/group/app/-/issues/1?page=2#{anchor}").note_id == note

    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("/groups/g/-/epics/3", "group"),
            ("/groups/g/-/work_items/3", "group"),
            ("/api/v4/projects/1/issues/3", "API"),
            ("/group/app", "no issue or merge request"),
            ("/group/app/-", "no issue or merge request"),
            ("/group/app/-/epics/3", "no issue or merge request"),
            ("/group/app/-/commit/3", "no issue or merge request"),
            ("/group/issues/3", "no issue or merge request"),
            ("/group/app/-/issues", "a list or a form"),
            ("/group/app/-/issues/new", "a list or a form"),
            ("/group/app/-/issues/incident", "a list or a form"),
            ("/group/app/-/merge_requests/1x", "a list or a form"),
            ("/group/app/-/issues/0", "begin at 1"),
            ("/group/app/-/issues/2147483648", "above"),
            pytest.param("/group/app/-/issues/" + "9" * 3_000, "above", id="3000 digits"),
            ("/app/-/issues/1", "full path"),
            ("/-/issues/1", "full path"),
            ("/group/a%20b/-/issues/1", "invisible|blanks|no project path"),
            ("/group/%252e%252e/-/issues/1", "no project path"),
            ("/group/-app/-/issues/1", "no project path"),
            pytest.param("/group/" + "a" * 256 + "/-/issues/1", "no project path", id="256 letters"),
        ],
    )
    def test_what_shows_no_item_is_refused_with_the_reason(self, path: str, reason: str) -> None:
        with pytest.raises(UsageError, match=reason):
            item(path)

    @settings(max_examples=200, deadline=None)
    @given(
        path=PATHS,
        kind=st.sampled_from(EntityKind),
        iid=st.integers(1, MAX_IID),
        note=st.none() | st.integers(1, 10**15),
        site=st.sampled_from([HOME, ROOTED]),
    )
    def test_what_is_written_is_read_back(
        self, path: str, kind: EntityKind, iid: int, note: int | None, site: Site
    ) -> None:
        if path.startswith(("groups/", "api/")):
            return
        url = canonical_url(site, path, kind, iid, note)
        assert url.isascii()
        address = read_address(url)
        assert sites_of(address, (HOME, ROOTED))[-1:] == (site,)
        assert read_item(address, site) == ItemAddress(project_path=path, kind=kind, iid=iid, note_id=note)


class TestNumbersAndPaths:
    @pytest.mark.parametrize(("text", "iid"), [("1", 1), ("007", 7), (str(MAX_IID), MAX_IID)])
    def test_an_iid_is_a_number_from_one(self, text: str, iid: int) -> None:
        assert read_iid(text) == iid

    @pytest.mark.parametrize("text", ["", "0", "000", "-1", "--1", "+1", "1e3", " 1", "\u0661", "\u00b2", "9" * 500])
    def test_anything_else_is_none(self, text: str) -> None:
        with pytest.raises(UsageError):
            read_iid(text)

    def test_slashes_at_the_ends_of_a_path_do_not_count(self) -> None:
        assert read_project_path("/group/sub/app/") == "group/sub/app"

    @pytest.mark.parametrize(("one", "other"), [("Group/App", "group/app"), ("gr\u00fcn/x", "gru\u0308n/X")])
    def test_case_and_the_form_of_accents_make_no_difference(self, one: str, other: str) -> None:
        assert same_path(one, other)

    def test_other_letters_do(self) -> None:
        assert not same_path("group/app", "group/apps")
        assert not same_path("group/app", "group/\u0430pp")


HOSTILE_HOSTS = st.one_of(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
    st.sampled_from(
        [
            "gitlab.example.com",
            "evil.example",
            "gitlab.example.com.evil.example",
            "gitlab.example.com@evil.example",
            "evil.example\\.gitlab.example.com",
            "evil.example#gitlab.example.com",
            "evil.example?gitlab.example.com",
            "gitlab.example.com:443@evil.example",
            "gitlab.example.co",
            "xgitlab.example.com",
            "gitlab.example.com\t.evil.example",
        ]
    ),
)


@pytest.mark.requirement("surgical:foreign-host")
@settings(max_examples=200, deadline=None)
@given(host=HOSTILE_HOSTS, rest=st.sampled_from(["", "/", "/group/app/-/issues/1", "/gitlab.example.com"]))
def test_only_the_very_host_is_inside_a_site(host: str, rest: str) -> None:
    try:
        address = read_address(f"https://{host}{rest}")
    except UsageError:
        return
    assert bool(sites_of(address, (HOME,))) == (host.lower() in {"gitlab.example.com", "gitlab.example.com/"})
