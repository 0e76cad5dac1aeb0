"""Which targets a surgical sync is given, and what is refused before any request (sync.md section 2)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.addresses import read_site
from domain.errors import ConfigInvalid, UsageError
from domain.refs import EntityKind
from domain.targets import MAX_TARGETS, ConfiguredInstance, SurgicalArguments, SurgicalPlan, Target, surgical_plan

WORK = ConfiguredInstance(name="work", base_url="https://gitlab.example.com", projects=("group/app",))
ROOTED = ConfiguredInstance(name="rooted", base_url="https://host.example/gitlab", groups=("team",))
ISSUE, CHANGE = EntityKind.ISSUE, EntityKind.MERGE_REQUEST


def plan(*instances: ConfiguredInstance, **arguments: object) -> SurgicalPlan:
    return surgical_plan(SurgicalArguments(**arguments), instances or (WORK,))  # type: ignore[arg-type]  # test data


def short(made: SurgicalPlan) -> tuple[str, list[str]]:
    return made.project_path, [target.short for target in made.targets]


@pytest.mark.requirement("surgical:targets")
class TestIids:
    def test_issues_and_merge_requests_come_in_order_and_once(self) -> None:
        made = plan(issues=("3", "1", "3"), merge_requests=("7",), project="group/app")
        assert short(made) == ("group/app", ["#3", "#1", "!7"])
        assert made.instance == "work"

    def test_the_default_project_serves_where_none_is_named(self) -> None:
        assert short(plan(issues=("1",), default_project="group/app")) == ("group/app", ["#1"])

    @pytest.mark.parametrize("iid", ["0", "-1", "abc", "", "99999999999", "1.5", "\u0661"])
    def test_what_is_no_iid_is_refused_by_name(self, iid: str) -> None:
        with pytest.raises(UsageError):
            plan(issues=(iid,), project="group/app")

    def test_without_any_project_it_is_refused(self) -> None:
        with pytest.raises(UsageError):
            plan(issues=("1",))

    def test_more_than_a_hundred_are_refused_by_the_first_that_is_too_many(self) -> None:
        with pytest.raises(UsageError) as raised:
            plan(issues=tuple(str(n) for n in range(1, MAX_TARGETS + 2)), project="group/app")
        assert raised.value.details["target"] == "--issue 101"

    def test_a_hundred_named_twice_are_a_hundred(self) -> None:
        made = plan(issues=tuple(str(n) for n in range(1, MAX_TARGETS + 1)) * 2, project="group/app")
        assert len(made.targets) == MAX_TARGETS

    def test_naming_nothing_is_refused(self) -> None:
        with pytest.raises(UsageError):
            plan(project="group/app")

    def test_without_any_instance_the_configuration_is_at_fault(self) -> None:
        with pytest.raises(ConfigInvalid):
            surgical_plan(SurgicalArguments(issues=("1",), project="group/app"), ())

    @pytest.mark.parametrize("path", ["a/b", "a.b/c-d/e_f", "grüße/プロジェクト", "g/sub/sub2/app.js", "1/2"])
    def test_every_legal_project_path_works(self, path: str) -> None:
        made = plan(issues=("1",), project=path)
        again = plan(urls=(made.url(made.targets[0]),))
        assert again.project_path == path


@pytest.mark.requirement("surgical:targets")
class TestAddresses:
    @pytest.mark.parametrize(
        ("url", "target"),
        [
            ("https://gitlab.example.com/group/app/-/issues/1", "#1"),
            ("https://gitlab.example.com/group/app/issues/2", "#2"),
            ("https://gitlab.example.com/group/app/-/work_items/3", "#3"),
            ("https://gitlab.example.com/group/app/-/issues/incident/4", "#4"),
            ("https://gitlab.example.com/group/app/-/issues/5#note_99", "#5"),
            ("https://gitlab.example.com/group/app/-/issues/6?sort=asc&x=%20", "#6"),
            ("https://gitlab.example.com/group/app/-/merge_requests/7", "!7"),
            ("https://gitlab.example.com/group/app/-/merge_requests/8/diffs?diff_id=3#note_1", "!8"),
            ("https://gitlab.example.com/group/app/merge_requests/9/commits", "!9"),
            ("https://GITLAB.example.com:443/group/app/-/merge_requests/10/", "!10"),
        ],
    )
    def test_every_form_that_gitlab_shows_is_read(self, url: str, target: str) -> None:
        assert short(plan(urls=(url,))) == ("group/app", [target])

    def test_an_instance_under_a_relative_url_is_known(self) -> None:
        made = plan(WORK, ROOTED, urls=("https://host.example/gitlab/team/sub/app/-/issues/1",))
        assert (made.instance, made.project_path) == ("rooted", "team/sub/app")

    def test_p_may_be_left_out_or_agree(self) -> None:
        url = "https://gitlab.example.com/group/app/-/issues/1"
        assert plan(urls=(url,)) == plan(urls=(url,), project="group/app")

    @pytest.mark.parametrize(
        "url",
        [
            "https://evil.example/group/app/-/issues/1",
            "http://gitlab.example.com/group/app/-/issues/1",
            "https://gitlab.example.com:8443/group/app/-/issues/1",
            "https://gitlab.example.com@evil.example/group/app/-/issues/1",
            "https://evil.example/https://gitlab.example.com/group/app/-/issues/1",
            "https://gitlab.example.com.evil.example/group/app/-/issues/1",
            "https://gitlab.example.com\\@evil.example/group/app/-/issues/1",
            "https://host.example/other/team/app/-/issues/1",
            "ftp://gitlab.example.com/group/app/-/issues/1",
            "https://gitlab.example.com/groups/group/-/epics/3",
            "https://gitlab.example.com/group/app",
            "https://gitlab.example.com/group/app/-/issues/0",
            "https://gitlab.example.com/group/../app/-/issues/1",
            "https://gitlab.example.com/group%2Fapp/-/issues/1",
            "nonsense",
        ],
    )
    def test_what_is_no_item_of_a_configured_instance_is_refused(self, url: str) -> None:
        with pytest.raises(UsageError) as raised:
            plan(WORK, ROOTED, urls=(url,))
        assert raised.value.details["target"]

    def test_an_issue_s_address_is_no_merge_request_s(self) -> None:
        with pytest.raises(UsageError):
            plan(merge_request_urls=("https://gitlab.example.com/group/app/-/issues/1",))
        with pytest.raises(UsageError):
            plan(issue_urls=("https://gitlab.example.com/group/app/-/merge_requests/1",))

    def test_mixed_projects_are_refused(self) -> None:
        first = "https://gitlab.example.com/group/app/-/issues/1"
        with pytest.raises(UsageError):
            plan(urls=(first, "https://gitlab.example.com/group/lib/-/issues/1"))
        with pytest.raises(UsageError):
            plan(urls=(first,), project="group/lib")

    @pytest.mark.parametrize(
        "url",
        [
            "https://user:s3cret@evil.example/group/app/-/issues/1?private_token=s3cret",
            "https://s3cret:x@y@gitlab.example.com/group/app/-/issues/1",
            "https://gitlab.example.com/group/app/-/issues?private_token=s3cret",
            "https://gitlab.example.com/group/app/-/issues#access_token=s3cret",
            "?private_token=s3cret",
            "user:s3cret@host",
        ],
    )
    def test_a_secret_in_an_address_is_never_echoed(self, url: str) -> None:
        with pytest.raises(UsageError) as raised:
            plan(urls=(url,))
        assert "s3cret" not in f"{raised.value.message}{raised.value.suggestion}{raised.value.details}"

    def test_a_refusal_names_the_target_and_the_reason(self) -> None:
        good, bad = "https://gitlab.example.com/group/app/-/issues/1", "https://evil.example/group/app/-/issues/2"
        with pytest.raises(UsageError) as raised:
            plan(urls=(good, bad))
        assert raised.value.details["target"] == bad
        assert "https://evil.example" in str(raised.value.details["reason"])
        assert "https://gitlab.example.com" in raised.value.suggestion

    def test_a_refusal_is_one_harmless_line(self) -> None:
        with pytest.raises(UsageError) as raised:
            plan(urls=("https://evil.example/\x1b]0;owned\x07\n" + "x" * 5_000,))
        assert "\x1b" not in raised.value.message
        assert "\n" not in raised.value.message
        assert len(raised.value.message) < 400

    def test_near_misses_of_a_configured_host_say_what_differs(self) -> None:
        with pytest.raises(UsageError, match="scheme, port or root path differ"):
            plan(urls=("http://gitlab.example.com/group/app/-/issues/1",))

    def test_p_may_be_the_project_s_address(self) -> None:
        made = plan(WORK, ROOTED, issues=("1",), project="https://host.example/gitlab/any/app/")
        assert (made.instance, made.project_path) == ("rooted", "any/app")
        with pytest.raises(UsageError, match="no configured GitLab"):
            plan(issues=("1",), project="https://evil.example/group/app")

    @pytest.mark.parametrize("project", ["app", "", "/", "group/-/app", "group/../app", "group/a b", "a" * 256 + "/b"])
    def test_sync_wants_a_full_and_legal_path(self, project: str) -> None:
        with pytest.raises(UsageError) as raised:
            plan(issues=("1",), project=project)
        assert str(raised.value.details["target"]).startswith("-p")

    def test_the_deepest_root_on_a_host_owns_the_address(self) -> None:
        top = ConfiguredInstance(name="top", base_url="https://host.example")
        url = "https://host.example/gitlab/team/app/-/issues/1"
        for instances in ((top, ROOTED), (ROOTED, top)):
            made = plan(*instances, urls=(url,))
            assert (made.instance, made.project_path) == ("rooted", "team/app")
        assert plan(top, urls=(url,)).project_path == "gitlab/team/app"

    def test_two_instances_of_one_address_are_told_apart_by_their_projects(self) -> None:
        twin = ConfiguredInstance(name="twin", base_url="https://gitlab.example.com/", projects=("group/lib",))
        assert plan(WORK, twin, urls=("https://gitlab.example.com/Group/Lib/-/issues/1",)).instance == "twin"

    def test_the_same_path_on_two_instances_is_two_projects(self) -> None:
        first = "https://gitlab.example.com/team/app/-/issues/1"
        with pytest.raises(UsageError, match="its project is not that of"):
            plan(WORK, ROOTED, urls=(first, "https://host.example/gitlab/team/app/-/issues/2"))

    def test_the_default_project_is_not_asked_where_addresses_say_all(self) -> None:
        url = "https://gitlab.example.com/group/lib/-/issues/1"
        assert plan(urls=(url,), default_project="group/app").project_path == "group/lib"
        with pytest.raises(UsageError, match="default project"):
            plan(issues=("2",), urls=(url,), default_project="group/app")

    def test_case_and_accents_make_no_other_project(self) -> None:
        url = "https://gitlab.example.com/Gr%C3%BC%C3%9Fe/App/-/issues/1"
        assert plan(urls=(url,), project="gru\u0308\u00dfe/app").project_path == "Gr\u00fc\u00dfe/App"

    def test_the_same_item_in_every_form_is_one_target(self) -> None:
        base = "https://gitlab.example.com/group/app"
        urls = (f"{base}/-/issues/1", f"{base}/issues/01", f"{base}/-/work_items/1?x#note_2", f"{base}//-/issues/1/")
        assert short(plan(issues=("1", "#1"), urls=urls, project="group/app")) == ("group/app", ["#1"])

    def test_a_path_on_several_instances_needs_more_words(self) -> None:
        with pytest.raises(UsageError):
            plan(WORK, ROOTED, issues=("1",), project="unknown/path")
        assert plan(WORK, ROOTED, issues=("1",), project="team/app").instance == "rooted"

    def test_a_broken_base_url_is_the_configuration_s_fault(self) -> None:
        with pytest.raises(ConfigInvalid):
            plan(ConfiguredInstance(name="bad", base_url="nowhere"), urls=("https://a.example/g/p/-/issues/1",))


HOSTS = st.sampled_from(["gitlab.example.com", "evil.example", "gitlab.example.com.", "GITLAB.example.com", "user@x"])


@pytest.mark.requirement("surgical:foreign-host")
@settings(max_examples=200, deadline=None)
@given(
    scheme=st.sampled_from(["https://", "http://", "https:\\\\", "//", ""]),
    user=st.sampled_from(["", "gitlab.example.com@", "a:b@", "@"]),
    host=HOSTS,
    port=st.sampled_from(["", ":443", ":80", ":0443", ":x"]),
    tail=st.text(alphabet="/-.issue%2F#?\\@1", max_size=20),
)
def test_no_address_of_a_foreign_host_is_ever_accepted(scheme: str, user: str, host: str, port: str, tail: str) -> None:
    url = f"{scheme}{user}{host}{port}/group/app/-/issues/1{tail}"
    try:
        made = plan(urls=(url,))
    except UsageError:
        return
    assert (scheme, user, host.lower(), port) in {
        ("https://", "", "gitlab.example.com", ""),
        ("https://", "", "gitlab.example.com", ":443"),
        ("https://", "", "gitlab.example.com", ":0443"),
    }
    assert made.instance == "work"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    try:
        plan(urls=(text,))
    except UsageError as refused:
        assert refused.message  # noqa: PT017  both ways out are right


@given(
    parts=st.lists(st.from_regex(r"[a-z0-9_][a-z0-9_\-]{0,8}", fullmatch=True), min_size=2, max_size=4),
    iid=st.integers(1, 2**31 - 1),
    kind=st.sampled_from(EntityKind),
)
def test_what_it_shows_it_reads(parts: list[str], iid: int, kind: EntityKind) -> None:
    target = Target(kind=kind, iid=iid)
    made = SurgicalPlan(instance="work", base_url=WORK.base_url, project_path="/".join(parts), targets=(target,))
    assert plan(urls=(made.url(target),)) == made


def test_a_site_shows_itself_without_its_default_port() -> None:
    assert str(read_site("https://GitLab.example.com:443/gitlab/")) == "https://gitlab.example.com/gitlab"
