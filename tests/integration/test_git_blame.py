"""Blame on real repositories, made here with the git command."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.git.blame import GitBlame
from adapters.git.command import Git
from contracts.blame_contract import ONE, BlameContract, Files, History, located, origins
from domain.blame import BlamedLine, Passage, Place, Relocation
from domain.errors import FileError, NotFound, UsageError
from domain.git_remotes import Remote

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2024-01-02T00:00:00Z",
}


class Repository:
    """A repository under test, written with plain git."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            env=ENVIRONMENT | environment,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def write(self, path: str, *lines: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def record(self, message: str, **environment: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message, **environment)
        return self.git("rev-parse", "HEAD")

    def blame(self, folder: str = "") -> "BlameIn":
        return BlameIn(self.root / folder)

    def lines(self, path: str, first: int, last: int | None = None) -> tuple[BlamedLine, ...]:
        blame = self.blame()
        return blame.lines(located(blame, path), first, first if last is None else last)


class BlameIn(GitBlame):
    """A `GitBlame` for paths typed in `folder`, so that tests need not change the process's own folder."""

    def __init__(self, folder: Path, **environment: str) -> None:
        super().__init__(
            git=Git(program="git", environment=ENVIRONMENT | environment, timeout_seconds=60), folder=folder
        )


class GitHistory:
    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def commit(self, files: Files, message: str, *parents: str) -> str:
        git = self._repository.git
        git("read-tree", "--empty")
        for old in self._repository.root.iterdir():
            if old.name != ".git":
                git("clean", "-qfdx")
        for path, lines in files.items():
            self._repository.write(path, *lines)
        git("add", "--all")
        tree = git("write-tree")
        return git("commit-tree", tree, "-m", message, *(word for parent in parents for word in ("-p", parent)))

    def stand_on(self, sha: str) -> None:
        self._repository.git("update-ref", "refs/heads/main", sha)
        self._repository.git("reset", "--quiet", "--hard")
        self._repository.git("clean", "-qfdx")

    def edit(self, path: str, lines: tuple[str, ...]) -> None:
        self._repository.write(path, *lines)

    def blame(self, folder: str = "") -> BlameIn:
        return self._repository.blame(folder)


class TestGitBlame(BlameContract):
    @pytest.fixture
    def history(self, tmp_path: Path) -> History:
        return GitHistory(Repository(tmp_path / "app"))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "app")


def shas(lines: tuple[BlamedLine, ...]) -> list[str | None]:
    return [line.sha for line in lines]


def test_a_squashed_branch_is_one_commit_brought_in_by_its_merge(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    base = repository.record("Base")
    repository.git("checkout", "--quiet", "-b", "side")
    repository.write("a.txt", *ONE, "delta")
    repository.record("Step 1")
    repository.write("a.txt", *ONE, "delta", "epsilon")
    repository.record("Step 2")
    repository.git("checkout", "--quiet", "-b", "squashed", base)
    repository.git("merge", "--quiet", "--squash", "side")
    squash = repository.record("Both steps")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "squashed", "-m", "Merge branch 'side'\n\nSee merge request g/p!7")
    merge = repository.git("rev-parse", "HEAD")
    blame = repository.blame()
    place = located(blame, "a.txt")
    assert shas(blame.lines(place, 4, 5)) == [squash, squash]
    assert [commit.sha for commit in blame.merges_of(place, squash)] == [merge]
    assert blame.merges_of(place, squash)[0].message.endswith("See merge request g/p!7")


def test_a_fast_forwarded_branch_was_brought_in_by_no_merge(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    repository.record("Base")
    repository.git("checkout", "--quiet", "-b", "side")
    repository.write("a.txt", *ONE, "delta")
    side = repository.record("Delta\n\nSee merge request g/p!8")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--ff-only", "side")
    blame = repository.blame()
    place = located(blame, "a.txt")
    assert shas(blame.lines(place, 4, 4)) == [side]
    assert blame.merges_of(place, side) == ()
    assert blame.commits(place, [side])[side].message == "Delta\n\nSee merge request g/p!8"


def test_a_cherry_picked_line_comes_from_the_copy_which_names_its_source(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    base = repository.record("Base")
    repository.git("checkout", "--quiet", "-b", "side")
    repository.write("a.txt", *ONE, "delta")
    side = repository.record("Delta")
    repository.git("checkout", "--quiet", "main")
    repository.write("b.txt", "other")
    repository.record("Other")
    repository.git("cherry-pick", "-x", side)
    copy = repository.git("rev-parse", "HEAD")
    blame = repository.blame()
    place = located(blame, "a.txt")
    assert shas(blame.lines(place, 1, 4)) == [base, base, base, copy]
    assert f"(cherry picked from commit {side})" in blame.commits(place, [copy])[copy].message


def test_a_rebased_line_comes_from_the_rewritten_commit_with_its_old_author_date(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    repository.record("Base")
    repository.git("checkout", "--quiet", "-b", "side")
    repository.write("a.txt", *ONE, "delta")
    old = repository.record("Delta")
    repository.git("checkout", "--quiet", "main")
    repository.write("b.txt", "other")
    repository.record("Other")
    repository.git("checkout", "--quiet", "side")
    repository.git("rebase", "--quiet", "main", GIT_COMMITTER_DATE="2024-05-01T00:00:00Z")
    (line,) = repository.lines("a.txt", 4)
    assert line.sha not in {old, None}
    blame = repository.blame()
    facts = blame.commits(located(blame, "a.txt"), [str(line.sha)])[str(line.sha)]
    assert (facts.subject, facts.authored_at, facts.committed_at) == ("Delta", 1704067200000, 1714521600000)


def test_a_reverted_deletion_is_the_reverts_line(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    repository.record("Base")
    repository.write("a.txt", ONE[0])
    deletion = repository.record("Delete")
    repository.git("revert", "--no-edit", deletion)
    revert = repository.git("rev-parse", "HEAD")
    assert shas(repository.lines("a.txt", 2, 3)) == [revert, revert]


def long_text(name: str) -> list[str]:
    return [f"{name} does something long enough to be told apart, step {number}" for number in range(6)]


def test_lines_moved_within_a_file_keep_their_origin(repository: Repository) -> None:
    repository.write("a.txt", *long_text("head"), *long_text("body"), *long_text("tail"))
    base = repository.record("Base")
    repository.write("a.txt", *long_text("tail"), *long_text("head"), *long_text("body"))
    repository.record("Move")
    assert set(shas(repository.lines("a.txt", 1, 18))) == {base}


def test_lines_moved_to_another_file_keep_their_origin(repository: Repository) -> None:
    repository.write("a.txt", *long_text("head"), *long_text("body"))
    base = repository.record("Base")
    repository.write("a.txt", *long_text("head"))
    repository.write("b.txt", "a new first line", *long_text("body"))
    move = repository.record("Move")
    lines = repository.lines("b.txt", 1, 7)
    assert shas(lines) == [move, *[base] * 6]
    assert origins(lines)[1] == (base, "a.txt", 7)
    assert lines[1].relocation == Relocation(passage=Passage.MOVED, sha=move, path="b.txt", line=2)
    assert lines[0].relocation is None


def test_lines_copied_from_another_file_belong_to_the_commit_that_copied_them(repository: Repository) -> None:
    repository.write("a.txt", *long_text("head"), *long_text("body"))
    base = repository.record("Base")
    repository.write("a.txt", *long_text("head"), *long_text("body"), "changed as well")
    repository.write("b.txt", *long_text("body"))
    copy = repository.record("Copy")
    (line,) = repository.lines("b.txt", 2)
    assert origins((line,)) == [(copy, "b.txt", 2)]
    assert line.relocation == Relocation(passage=Passage.COPIED, sha=base, path="a.txt", line=8)


def test_a_change_of_white_space_only_is_looked_through(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    base = repository.record("Base")
    repository.write("a.txt", *(f"    {line}" for line in ONE))
    repository.record("Indent")
    lines = repository.lines("a.txt", 2)
    assert (shas(lines), lines[0].text) == ([base], "    beta two")


@pytest.mark.requirement("trace:ignore-revs")
@pytest.mark.parametrize("configured", [False, True], ids=["usual name", "configured"])
def test_ignored_revisions_are_looked_through(repository: Repository, configured: bool) -> None:
    repository.write("a.txt", "x = {'key': 1}", *ONE)
    base = repository.record("Base")
    repository.write("a.txt", 'x = {"key": 1}', *ONE)
    formatting = repository.record("Reformat")
    assert shas(repository.lines("a.txt", 1)) == [formatting]
    name = "tools/ignored" if configured else ".git-blame-ignore-revs"
    repository.write(name, "# the big reformatting", formatting)
    if configured:
        repository.git("config", "blame.ignoreRevsFile", name)
    assert shas(repository.lines("a.txt", 1)) == [base]


def test_a_user_setting_for_a_list_that_this_repository_lacks_does_not_stop_blame(
    repository: Repository, tmp_path: Path
) -> None:
    repository.write("a.txt", *ONE)
    base = repository.record("Base")
    settings = tmp_path / "gitconfig"
    settings.write_text("[blame]\n\tignoreRevsFile = .git-blame-ignore-revs\n", encoding="utf-8")
    blame = BlameIn(repository.root, GIT_CONFIG_GLOBAL=str(settings))
    assert shas(blame.lines(located(blame, "a.txt"), 1, 1)) == [base]


def test_an_unreadable_list_of_ignored_revisions_does_not_stop_blame(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    repository.write(".git-blame-ignore-revs", "not a revision")
    base = repository.record("Base")
    assert shas(repository.lines("a.txt", 1)) == [base]


def test_a_repository_that_asks_for_a_list_it_lacks_is_told_how_to_mend_it(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    repository.record("Base")
    repository.git("config", "blame.ignoreRevsFile", "absent")
    with pytest.raises(FileError) as caught:
        repository.lines("a.txt", 1)
    assert "blame.ignoreRevsFile" in caught.value.suggestion


def test_a_staged_new_file_has_no_commit_yet(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    repository.record("Base")
    repository.write("new.txt", "first", "second")
    repository.git("add", "new.txt")
    assert repository.lines("new.txt", 2, 9) == (
        BlamedLine(line=2, text="second", original_path="new.txt", original_line=2),
    )
    with pytest.raises(UsageError):
        repository.lines("new.txt", 3)


def test_in_a_repository_without_commits_every_line_is_uncommitted(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    repository.git("add", "a.txt")
    assert shas(repository.lines("a.txt", 1, 3)) == [None, None, None]
    blame = repository.blame()
    assert blame.merges_of(located(blame, "a.txt"), "a" * 40) == ()


@pytest.mark.requirement("trace:shallow")
def test_the_oldest_commit_of_a_shallow_clone_is_where_history_ends(repository: Repository, tmp_path: Path) -> None:
    repository.write("a.txt", *ONE)
    repository.record("Base")
    repository.write("a.txt", *ONE, "delta")
    repository.record("Delta")
    repository.write("a.txt", *ONE, "delta", "epsilon")
    last = repository.record("Epsilon")
    clone = Repository(tmp_path / "clone")
    clone.git("fetch", "--quiet", "--depth=2", repository.root.as_uri(), "main")
    clone.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    lines = clone.lines("a.txt", 1, 5)
    assert [line.history_ends for line in lines] == [True, True, True, True, False]
    assert lines[4].sha == last
    assert located(clone.blame(), "a.txt").checkout.shallow
    assert not [line for line in repository.lines("a.txt", 1, 5) if line.history_ends]


@pytest.mark.requirement("trace:submodules")
def test_a_file_in_a_submodule_belongs_to_the_submodules_repository(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.write("lib.txt", *ONE)
    commit = inner.record("Library")
    repository.write("a.txt", *ONE)
    repository.record("Base")
    allowed = ("-c", "protocol.file.allow=always")
    repository.git(*allowed, "submodule", "--quiet", "add", str(inner.root), "vendor/lib")
    repository.record("Add the library")
    place = located(repository.blame(), "vendor/lib/lib.txt")
    assert (Path(place.checkout.root).name, place.path) == ("lib", "lib.txt")
    assert shas(repository.lines("vendor/lib/lib.txt", 2)) == [commit]
    with pytest.raises(NotFound) as caught:
        repository.blame().lines(Place(checkout=located(repository.blame(), "a.txt").checkout, path="vendor/lib"), 1, 1)
    assert caught.value.details["reason"] == "submodule"


@pytest.mark.requirement("trace:lfs")
def test_a_file_in_lfs_has_no_lines_git_could_blame(repository: Repository) -> None:
    repository.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text")
    repository.write("model.bin", "version https://git-lfs.github.com/spec/v1", "oid sha256:00", "size 1")
    repository.record("Base")
    with pytest.raises(NotFound) as caught:
        repository.lines("model.bin", 1)
    assert caught.value.details["reason"] == "lfs"


ODD_NAMES = [
    "two words.txt",
    'say "hello".txt',
    "new\nline.txt",
    "tab\tand\\backslash.txt",
    "grüße/日本語.txt",
    "-dash.txt",
    ":(glob)*.txt",
    "*.txt",
    "a'b$(touch x).txt",
]


@pytest.mark.requirement("trace:odd-names")
@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_with_anything_in_them_are_read(repository: Repository, name: str) -> None:
    repository.write(name, *long_text("same"))
    repository.write("plain.txt", "unlike")
    base = repository.record("Base")
    assert origins(repository.lines(name, 2)) == [(base, name, 2)]
    repository.git("mv", "--", name, "moved.txt")
    repository.record("Move")
    assert origins(repository.lines("moved.txt", 2)) == [(base, name, 2)]


def test_a_name_that_is_not_utf8_is_read(repository: Repository) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    repository.write(name, *ONE)
    base = repository.record("Base")
    assert origins(repository.lines(name, 2)) == [(base, name, 2)]


def test_bytes_that_are_no_text_are_shown_as_replacement_characters(repository: Repository) -> None:
    (repository.root / "a.txt").write_bytes(b"caf\xe9\r\nplain\r\n")
    repository.record("Base")
    assert [line.text for line in repository.lines("a.txt", 1, 2)] == ["caf\ufffd", "plain"]


def test_a_path_with_a_nul_is_nowhere(repository: Repository) -> None:
    assert repository.blame().locate("a\0b") is None


def test_a_symbolic_link_is_the_link_not_its_target(repository: Repository) -> None:
    repository.write("src/a.txt", *ONE)
    (repository.root / "link.txt").symlink_to("src/a.txt")
    repository.record("Base")
    assert located(repository.blame(), "link.txt").path == "link.txt"


def test_an_absolute_path_is_located_from_anywhere(repository: Repository) -> None:
    repository.write("src/a.txt", *ONE)
    repository.record("Base")
    outside = repository.blame("..")
    place = located(outside, str(repository.root / "src/a.txt"))
    assert (place.path, len(outside.lines(place, 1, 3))) == ("src/a.txt", 3)


def test_the_git_folder_itself_is_no_work_tree(repository: Repository) -> None:
    assert repository.blame(".git").locate("config") is None


@pytest.mark.requirement("trace:project-of-checkout")
def test_the_tracked_remote_comes_first_and_shows_no_credentials(repository: Repository, tmp_path: Path) -> None:
    repository.write("a.txt", *ONE)
    repository.record("Base")
    repository.git("remote", "add", "origin", "https://oauth2:sekrit@gitlab.example.com/ada/fork.git")
    repository.git("remote", "add", "alice", "work:other/copy")
    repository.git("remote", "add", "upstream", "git@gitlab.example.com:group/sub/app.git")
    repository.git("remote", "add", "disk", str(tmp_path))
    repository.git("config", "branch.main.remote", "upstream")
    repository.git("config", "url.ssh://git@gitlab.example.com:2222/.insteadOf", "work:")
    repository.git("symbolic-ref", "refs/remotes/upstream/HEAD", "refs/remotes/upstream/trunk")
    checkout = located(repository.blame(), "a.txt").checkout
    assert checkout.remotes == (
        Remote(name="upstream", host="gitlab.example.com", path="group/sub/app"),
        Remote(name="origin", host="gitlab.example.com", path="ada/fork"),
        Remote(name="alice", host="gitlab.example.com", path="other/copy"),
    )
    assert checkout.default_branch == "trunk"
    assert "sekrit" not in repr(checkout)


def test_a_checkout_without_remotes_has_no_default_branch(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "--orphan", "other")
    checkout = located(repository.blame(), ".").checkout
    assert (checkout.remotes, checkout.default_branch) == ((), None)


def test_a_detached_head_is_read_like_a_branch(repository: Repository) -> None:
    repository.write("a.txt", *ONE)
    base = repository.record("Base")
    repository.git("checkout", "--quiet", "--detach")
    assert shas(repository.lines("a.txt", 1)) == [base]


def test_a_repository_named_by_the_environment_does_not_mislead(repository: Repository, tmp_path: Path) -> None:
    repository.write("a.txt", *ONE)
    base = repository.record("Base")
    other = Repository(tmp_path / "other")
    blame = BlameIn(repository.root, GIT_DIR=str(other.root / ".git"), GIT_WORK_TREE=str(other.root))
    assert shas(blame.lines(located(blame, "a.txt"), 1, 1)) == [base]


def test_without_git_the_error_says_so(tmp_path: Path) -> None:
    blame = GitBlame(git=Git(program="no-such-git", environment={"PATH": ""}, timeout_seconds=5), folder=tmp_path)
    with pytest.raises(FileError, match="no-such-git cannot be run"):
        blame.locate("a.txt")


def slow_git(folder: Path, body: str) -> Git:
    program = folder / "git-for-test"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(0o755)
    return Git(program=str(program), environment=ENVIRONMENT, timeout_seconds=0.05)


def test_a_git_that_hangs_is_given_up(tmp_path: Path) -> None:
    blame = GitBlame(git=slow_git(tmp_path, "exec sleep 30"), folder=tmp_path)
    with pytest.raises(FileError, match="took longer than"):
        blame.locate("a.txt")


def refusing_git(folder: Path, environment: Mapping[str, str]) -> Git:
    program = folder / "git-for-test"
    program.write_text("#!/bin/sh\necho 'fatal: detected dubious ownership' >&2\nexit 128\n", encoding="utf-8")
    program.chmod(0o755)
    return Git(program=str(program), environment=environment, timeout_seconds=60)


def test_what_git_refuses_is_told_in_its_words(repository: Repository, tmp_path: Path) -> None:
    repository.write("a.txt", *ONE)
    repository.record("Base")
    place = located(repository.blame(), "a.txt")
    refusing = GitBlame(git=refusing_git(tmp_path, ENVIRONMENT), folder=repository.root)
    for ask in (
        lambda: refusing.locate("a.txt"),
        lambda: refusing.lines(place, 1, 1),
        lambda: refusing.commits(place, ["a" * 40]),
    ):
        with pytest.raises(FileError, match="dubious ownership"):
            ask()
