"""What the readers behind file histories, traces, timelines and people promise."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Protocol

import pytest

from application.ports.commit_reader import CommitReader
from application.ports.item_histories import ItemHistories
from application.ports.path_reader import DiffCoverage, PathReader
from application.ports.people_reader import ExpertiseQuery, Part, PeopleReader
from application.ports.project_places import ProjectPlaces
from application.ports.relatives import Relatives
from contracts import builders as make
from domain.attribution import ShaRole
from domain.blame import CommitFacts
from domain.commit_messages import NamedMergeRequest
from domain.entities import DependentRecord, Entity
from domain.expertise import NoteBy
from domain.path_changes import ChangeKind, PathChange
from domain.refs import DependentKind, EntityKind, ProjectId
from domain.renames import resolve_renames
from domain.timeline import ItemKey, Reference

DAY, NOON = make.DAY, make.NOON


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    places: ProjectPlaces
    paths: PathReader
    commits: CommitReader
    items: ItemHistories
    people: PeopleReader
    relatives: Relatives


class Shelf(Protocol):
    """Where a suite puts what its readers are to find."""

    def project(self, gitlab_id: int = 77, path: str = make.PROJECT_PATH, *, default_branch: str = "main") -> ProjectId:
        """Register a project; the same GitLab id under another path is a project that moved."""
        ...

    def put(self, project_id: ProjectId, entity: Entity, *records: DependentRecord) -> None:
        """Store an item with the records of its dependent sets; only the sets that have records count as synced."""
        ...

    def bury(self, project_id: ProjectId, entity: Entity) -> None: ...


def merged(iid: int, *, at: int = NOON, **fields: object) -> Entity:
    known = make.merge_request(iid, state="merged", merged_at=at, created_at=at - make.HOUR, updated_at=at)
    return replace(known, **fields)  # type: ignore[arg-type]  # the fields of the record, given by name


def mr_key(iid: int, path: str = make.PROJECT_PATH) -> ItemKey:
    return ItemKey(path, EntityKind.MERGE_REQUEST, iid)


def issue_key(iid: int, path: str = make.PROJECT_PATH) -> ItemKey:
    return ItemKey(path, EntityKind.ISSUE, iid)


def on_file(path: str = "src/app.py", *, number: int = 1, at: int = NOON, **fields: object) -> DependentRecord:
    note = make.note(number * 100, position=make.position(path), type="DiffNote", created_at=at)
    return make.discussion(number, replace(note, **fields))  # type: ignore[arg-type]  # fields given by name


class Shelved(ABC):
    @pytest.fixture
    @abstractmethod
    def shelf(self) -> Shelf: ...

    @pytest.fixture
    @abstractmethod
    def readers(self, shelf: Shelf) -> Readers: ...

    @pytest.fixture
    def app(self, shelf: Shelf) -> ProjectId:
        return shelf.project()


class ProjectPlacesContract(Shelved):
    def test_projects_come_by_path_with_what_a_checkout_needs(self, shelf: Shelf, readers: Readers) -> None:
        shelf.project(78, "group/lib", default_branch="trunk")
        shelf.project()
        found = readers.places.all()
        assert [(one.path, one.instance, one.base_url, one.default_branch) for one in found] == [
            ("group/app", make.INSTANCE, make.BASE_URL, "main"),
            ("group/lib", make.INSTANCE, make.BASE_URL, "trunk"),
        ]

    def test_a_moved_project_keeps_its_old_path_as_an_alias(self, shelf: Shelf, readers: Readers) -> None:
        old = shelf.project(77, "old/app")
        assert shelf.project(77, "new/app") == old
        assert [(one.project_id, one.path, one.aliases) for one in readers.places.all()] == [
            (old, "new/app", ("old/app",))
        ]


NAMES = ("a.py", "b.py", "c.py")


def wild_merge_request(iid: int, wild: Random) -> Entity:
    at = NOON + wild.randrange(60) * DAY
    created_at = at - wild.randrange(1, 20) * DAY
    if wild.random() < 0.15:
        return make.merge_request(iid, created_at=created_at)
    branch = "side" if wild.random() < 0.1 else "main"
    return merged(iid, at=at, created_at=created_at, target_branch=branch)


def wild_change(wild: Random) -> DependentRecord:
    """Mostly modifications, as in life."""
    path, other = wild.choice(NAMES), wild.choice(NAMES)
    doing = wild.random()
    if doing < 0.1:
        return make.file_change(path, new_file=True)
    if doing < 0.25:
        return make.file_change(path, deleted_file=True)
    return make.file_change(path, other if doing < 0.45 else path)


class PathReaderContract(Shelved):
    def test_changes_are_found_by_old_and_by_new_name(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, merged(1), make.file_change("src/a.py", new_file=True))
        shelf.put(app, merged(2, at=NOON + DAY), make.file_change("src/b.py", "src/a.py"))
        shelf.put(app, make.merge_request(3, target_branch="side"), make.file_change("src/b.py"))
        found = readers.paths.changes_of(app, ["src/a.py"])
        assert sorted((one.mr_iid, one.kind) for one in found) == [(1, ChangeKind.ADDED), (2, ChangeKind.RENAMED)]
        assert {one.mr_iid for one in readers.paths.changes_of(app, ["src/a.py", "src/b.py"])} == {1, 2, 3}
        (last,) = [one for one in readers.paths.changes_of(app, ["src/b.py"]) if one.mr_iid == 3]
        assert last == PathChange(
            mr_iid=3,
            old_path="src/b.py",
            new_path="src/b.py",
            kind=ChangeKind.MODIFIED,
            created_at=NOON,
            merged_at=None,
            into_mainline=False,
        )

    @pytest.mark.requirement("file-history:outline")
    @pytest.mark.parametrize("seed", range(6))
    def test_the_outline_tells_the_same_names_as_all_changes(
        self, shelf: Shelf, readers: Readers, app: ProjectId, seed: int
    ) -> None:
        wild = Random(seed)
        for iid in range(1, 40):
            shelf.put(app, wild_merge_request(iid, wild), wild_change(wild))
        for name in NAMES:
            outline, everything = (
                resolve_renames(name, partial(read, app))
                for read in (readers.paths.outline_of, readers.paths.changes_of)
            )
            assert (outline is None) == (everything is None)
            if outline is not None and everything is not None:
                assert outline.present.names == everything.present.names
                assert outline.present.steps == everything.present.steps
                assert [life.names for life in outline.earlier] == [life.names for life in everything.earlier]

    @pytest.mark.requirement("file-history:outline")
    @pytest.mark.parametrize("seed", range(6))
    def test_the_newest_of_a_file_that_alone_bore_its_names_are_the_newest_of_its_life(
        self, shelf: Shelf, readers: Readers, app: ProjectId, seed: int
    ) -> None:
        """As following every change would have it; the file is renamed now and then, and others change beside it."""
        wild = Random(seed)
        names = ["a.py"]
        for iid in range(1, 40):
            times = {"created_at": NOON + iid * DAY - wild.randrange(1, DAY)}
            branch = "side" if wild.random() < 0.1 else "main"
            mr = merged(iid, at=NOON + iid * DAY, target_branch=branch, **times)
            change = make.file_change(wild.choice([names[-1], "b.py"]))
            if wild.random() < 0.15:
                mr, change = make.merge_request(iid, **times), make.file_change(f"d{iid}.py", names[-1])
            elif branch == "main" and wild.random() < 0.15:
                names.append(f"a{iid}.py")
                change = make.file_change(names[-1], names[-2])
            shelf.put(app, mr, change, make.file_change(f"c{iid}.py"))
        everything = resolve_renames(names[-1], partial(readers.paths.changes_of, app))
        assert everything is not None
        life = everything.present
        assert not life.shares_names
        for merged_only, limit in ((False, 5), (False, 99), (True, 5)):
            fitting = sorted(
                {(one.at, one.mr_iid) for one in life.changes if one.counts or not merged_only}, reverse=True
            )
            found = readers.paths.newest_of(app, life.names, merged_only=merged_only, limit=limit)
            assert found.merge_requests == len(fitting)
            assert {one.mr_iid for one in found.changes} == {iid for _, iid in fitting[:limit]}
            assert set(found.changes) <= set(life.changes)

    def test_merge_requests_that_are_gone_changed_nothing(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, merged(1), make.file_change("src/a.py"))
        shelf.bury(app, merged(1))
        assert readers.paths.changes_of(app, ["src/a.py"]) == ()
        assert readers.paths.newest_below(app, "src", merged_only=False, limit=9).merge_requests == 0
        assert readers.paths.newest_of(app, ["src/a.py"], merged_only=False, limit=9).merge_requests == 0

    def test_paths_belong_to_their_project(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        lib = shelf.project(78, "group/lib")
        shelf.put(lib, merged(1), make.file_change("src/a.py"))
        assert readers.paths.changes_of(app, ["src/a.py"]) == ()
        assert len(readers.paths.changes_of(lib, ["src/a.py"])) == 1

    def test_a_folder_holds_what_lies_below_it_and_nothing_that_only_begins_alike(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(app, merged(1), make.file_change("src/a.py"), make.file_change("srcs/b.py"))
        shelf.put(app, merged(2), make.file_change("lib/c.py", "src/deep/c.py"), make.file_change("src0.py"))
        found = readers.paths.newest_below(app, "src", merged_only=False, limit=9)
        assert sorted((one.mr_iid, one.new_path) for one in found.changes) == [(1, "src/a.py"), (2, "lib/c.py")]
        assert len(readers.paths.newest_below(app, "", merged_only=False, limit=9).changes) == 4

    def test_of_a_folder_the_newest_merge_requests_are_told_and_all_are_counted(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(app, merged(1, at=NOON + 3 * DAY), make.file_change("src/a.py"), make.file_change("src/b.py"))
        shelf.put(app, merged(2, at=NOON + DAY, target_branch="side"), make.file_change("src/a.py"))
        shelf.put(app, make.merge_request(3, created_at=NOON + 2 * DAY), make.file_change("src/a.py"))
        shelf.put(app, merged(4, at=NOON, target_branch="master"), make.file_change("src/a.py"))

        def below(*, merged_only: bool, limit: int) -> tuple[int, set[int]]:
            found = readers.paths.newest_below(app, "src", merged_only=merged_only, limit=limit)
            return found.merge_requests, {one.mr_iid for one in found.changes}

        assert below(merged_only=False, limit=2) == (4, {1, 3})
        assert below(merged_only=True, limit=9) == (2, {1, 4})

    def test_names_like_the_asked_one_are_suggested(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        changes = [make.file_change(path) for path in ("src/App.py", "old/app.py", "src/mapping.py", "100%.txt")]
        shelf.put(app, merged(1), *changes)
        assert readers.paths.similar_paths(app, "app.py", limit=5) == ("old/app.py", "src/App.py")
        assert readers.paths.similar_paths(app, "x/APP", limit=5) == ("old/app.py", "src/App.py", "src/mapping.py")
        assert readers.paths.similar_paths(app, "APP", limit=1) == ("old/app.py",)
        assert readers.paths.similar_paths(app, "100%", limit=5) == ("100%.txt",)
        assert readers.paths.similar_paths(app, "no_such", limit=5) == ()

    def test_coverage_counts_living_merge_requests(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, merged(1), make.file_change())
        shelf.put(app, make.merge_request(2))
        shelf.put(app, merged(3), make.file_change())
        shelf.bury(app, merged(3))
        assert readers.paths.coverage(app) == DiffCoverage(merge_requests=2, with_diffs=1)
        lib = shelf.project(78, "group/lib")
        assert readers.paths.coverage(lib) == DiffCoverage(merge_requests=0, with_diffs=0)

    def test_the_first_merge_request_tells_since_when_there_are_any(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        assert readers.paths.first_opened_at(app) is None
        for iid in (1, 2, 3):
            shelf.put(app, make.merge_request(iid, created_at=NOON + iid))
        shelf.bury(app, make.merge_request(1))
        assert readers.paths.first_opened_at(app) == NOON + 2

    def test_diffs_of_a_file_are_told_by_merge_request(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, merged(1), make.file_change("src/a.py", diff="@@ one"), make.file_change("src/z.py"))
        shelf.put(app, merged(2), make.file_change("src/b.py", "src/a.py", diff="@@ two"))
        shelf.put(app, merged(3), make.file_change("src/a.py"))
        found = readers.paths.diffs(app, [2, 1], ["src/a.py"])
        assert [(one.mr_iid, one.new_path, one.diff) for one in found] == [
            (1, "src/a.py", "@@ one"),
            (2, "src/b.py", "@@ two"),
        ]

    def test_threads_on_a_file_come_in_the_order_they_were_made(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(
            app,
            merged(1),
            on_file(number=3, at=NOON + 3),
            on_file("src/old.py", number=2, at=NOON + 2),
            on_file("src/other.py", number=4),
            make.discussion(5),
        )
        shelf.put(app, merged(2), on_file(number=1, at=NOON + 1))
        shelf.put(app, merged(3), on_file(number=6))
        found = readers.paths.threads_on(app, [1, 2], ["src/app.py", "src/old.py"])
        assert [(one.item, one.discussion.gitlab_id) for one in found] == [
            (mr_key(2), make.sha(1)),
            (mr_key(1), make.sha(2)),
            (mr_key(1), make.sha(3)),
        ]


def facts(title: str = "Commit 9", **fields: object) -> CommitFacts:
    known = CommitFacts(
        sha=make.sha(99),
        parent_shas=(),
        author_name="Alice",
        authored_at=NOON,
        committed_at=NOON,
        message=f"{title}\n\nWhy",
    )
    return replace(known, **fields)  # type: ignore[arg-type]  # the fields of the record, given by name


class CommitReaderContract(Shelved):
    def test_a_commit_is_found_in_every_role(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        one = merged(1, merge_commit_sha=make.sha(11), squash_commit_sha=make.sha(12), sha=make.sha(13))
        shelf.put(app, one, make.commit(14))
        shelf.put(app, merged(2, sha=make.sha(21)), make.commit(14))
        roles = {
            (match.sha, match.role, match.candidate.iid)
            for match in readers.commits.matches(app, [make.sha(number) for number in (11, 12, 13, 14, 15)])
        }
        assert roles == {
            (make.sha(11), ShaRole.MERGE, 1),
            (make.sha(12), ShaRole.SQUASH, 1),
            (make.sha(13), ShaRole.COMMIT, 1),
            (make.sha(14), ShaRole.COMMIT, 1),
            (make.sha(14), ShaRole.COMMIT, 2),
        }

    def test_an_abbreviated_sha_is_found_by_its_beginning(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        whole = "abcdef1234" + "0" * 30
        shelf.put(app, merged(1, merge_commit_sha=whole))
        (match,) = readers.commits.matches(app, ["abcdef1"])
        assert (match.sha, match.candidate.iid, match.candidate.merged) == (whole, 1, True)
        assert readers.commits.matches(app, ["abcdef2", "a" * 39]) == ()

    def test_commits_of_other_projects_and_of_what_is_gone_do_not_count(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        lib = shelf.project(78, "group/lib")
        shelf.put(lib, merged(1, merge_commit_sha=make.sha(11)))
        shelf.put(app, merged(2, merge_commit_sha=make.sha(12)))
        shelf.bury(app, merged(2))
        assert readers.commits.matches(app, [make.sha(11), make.sha(12)]) == ()

    def test_named_merge_requests_are_found_under_old_paths_too(self, shelf: Shelf, readers: Readers) -> None:
        app = shelf.project(77, "old/app")
        shelf.project(77, "new/app")
        shelf.put(app, merged(7))
        named = [NamedMergeRequest("old/app", 7), NamedMergeRequest("new/app", 7), NamedMergeRequest("no/where", 7)]
        found = readers.commits.candidates(make.INSTANCE, [*named, NamedMergeRequest("new/app", 8)])
        assert [(one.project_path, one.iid, one.merged_at) for one in found] == [("new/app", 7, NOON)]

    def test_a_rewritten_commit_is_known_by_title_author_and_time(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(app, merged(1), make.commit(9), make.file_change("src/a.py"))
        shelf.put(app, merged(2), make.commit(9), make.file_change("src/other.py"))
        found = readers.commits.rewritten(app, ["src/a.py"], facts())
        assert [one.iid for one in found] == [1]
        assert readers.commits.rewritten(app, ["src/a.py"], facts(authored_at=NOON + 1)) == ()
        assert readers.commits.rewritten(app, ["src/a.py"], facts("Another")) == ()

    def test_merge_requests_that_add_a_line_are_found_by_their_diffs(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        adds = make.file_change("src/a.py", diff="@@ -1 +1 @@\n-old\n+\tnew line\n")
        shelf.put(app, merged(1, at=NOON), adds)
        shelf.put(app, merged(2, at=NOON + DAY), adds)
        shelf.put(app, merged(3, at=NOON + DAY), make.file_change("src/a.py", diff="@@ -1 +0 @@\n-new line\n"))
        shelf.put(app, make.merge_request(4), adds)

        def adding(text: str, *, since: int = 0, limit: int = 9) -> list[int]:
            found = readers.commits.adding(app, ["src/a.py"], text, merged_since=since, limit=limit)
            return [one.iid for one in found]

        assert adding("new line") == [1, 2]
        assert adding("new line", since=NOON + 1) == [2]
        assert adding("new line", limit=1) == [1]
        assert adding("old") == []


class ItemHistoriesContract(Shelved):
    def test_items_come_with_everything_that_happened_to_them(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        issue = make.issue(1, labels=("bug",), assignees=(make.BOB,), milestone=make.milestone(1))
        threads = (
            make.discussion(2, make.note(20, created_at=NOON + 5)),
            make.discussion(1, make.note(10, created_at=NOON + 1)),
        )
        states = (
            make.state_event(2, "reopened", created_at=NOON + 9),
            make.state_event(1, created_at=NOON + 8, source_merge_request_gitlab_id=20_007),
        )
        labels = (make.label_event(3), make.label_event(4, None, action="remove", user=None))
        milestones = (make.milestone_event(5),)
        shelf.put(app, issue, *threads, *states, *labels, *milestones)
        shelf.put(app, merged(7))
        found = readers.items.records(make.INSTANCE, [issue_key(1), issue_key(2)])
        assert list(found) == [issue_key(1)]
        record = found[issue_key(1)]
        assert record.entity == issue
        assert record.discussions == threads[::-1]
        assert record.state_events == states[::-1]
        assert record.label_events == labels
        assert record.milestone_events == milestones
        assert record.closing_merge_requests == ((20_007, mr_key(7)),)
        assert record.synced == {
            DependentKind.DISCUSSIONS,
            DependentKind.STATE_EVENTS,
            DependentKind.LABEL_EVENTS,
            DependentKind.MILESTONE_EVENTS,
        }
        assert readers.items.entities(make.INSTANCE, [issue_key(1), mr_key(7)]).keys() == {issue_key(1), mr_key(7)}
        assert readers.items.threads(make.INSTANCE, [issue_key(1)]) == {issue_key(1): threads[::-1]}

    def test_an_item_without_anything_has_empty_records(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, make.merge_request(1))
        record = readers.items.records(make.INSTANCE, [mr_key(1)])[mr_key(1)]
        assert (record.discussions, record.state_events, record.synced) == ((), (), frozenset())
        assert readers.items.threads(make.INSTANCE, [mr_key(1)]) == {mr_key(1): ()}

    def test_items_are_found_under_old_paths_and_named_by_present_ones(self, shelf: Shelf, readers: Readers) -> None:
        app = shelf.project(77, "old/app")
        shelf.project(77, "new/app")
        shelf.put(app, make.issue(1))
        assert list(readers.items.entities(make.INSTANCE, [issue_key(1, "old/app")])) == [issue_key(1, "new/app")]

    def test_what_is_gone_unknown_or_on_another_instance_is_left_out(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(app, make.issue(1))
        shelf.put(app, make.issue(2))
        shelf.bury(app, make.issue(2))
        keys = [issue_key(1), issue_key(2), issue_key(1, "no/where")]
        assert list(readers.items.entities(make.INSTANCE, keys)) == [issue_key(1)]
        assert readers.items.entities("other", keys) == {}
        assert readers.items.records(make.INSTANCE, []) == {}

    def test_references_are_told_from_both_ends(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, make.issue(1, description="See !7 and #9"))
        note = make.note(70, "As in #1", created_at=NOON)
        closes = make.closes_issue(2)
        shelf.put(app, merged(7), make.discussion(1, note), closes)
        shelf.put(app, make.issue(2), make.issue_link(1))
        relations = {
            (one.source, one.target, one.relation, one.stored)
            for one in readers.items.references_of(make.INSTANCE, [issue_key(1)])
        }
        assert relations == {
            (issue_key(1), mr_key(7), "mentions", True),
            (issue_key(1), issue_key(9), "mentions", False),
            (mr_key(7), issue_key(1), "mentions", True),
            (issue_key(2), issue_key(1), "related", True),
        }
        assert readers.items.references_of(make.INSTANCE, [issue_key(2)])[0].source in {mr_key(7), issue_key(2)}

    def test_the_merge_request_behind_a_closing_is_a_reference(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(app, make.issue(1), make.state_event(1, source_merge_request_gitlab_id=20_007))
        shelf.put(app, merged(7))
        expected = Reference(source=issue_key(1), target=mr_key(7), relation="closed_by", stored=True)
        for asked in (issue_key(1), mr_key(7)):
            assert readers.items.references_of(make.INSTANCE, [asked]) == (expected,)

    def test_references_by_an_old_path_lead_to_the_present_one(self, shelf: Shelf, readers: Readers) -> None:
        app = shelf.project(77, "old/app")
        lib = shelf.project(78, "group/lib")
        shelf.put(lib, make.issue(5, description="See old/app#1"))
        shelf.project(77, "new/app")
        shelf.put(app, make.issue(1))
        expected = Reference(
            source=issue_key(5, "group/lib"), target=issue_key(1, "new/app"), relation="mentions", stored=True
        )
        for asked in (issue_key(1, "new/app"), issue_key(5, "group/lib")):
            assert readers.items.references_of(make.INSTANCE, [asked]) == (expected,)

    def test_references_from_and_to_what_is_gone(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, make.issue(1, description="See #2"))
        shelf.put(app, make.issue(2, description="See #1"))
        shelf.bury(app, make.issue(2))
        assert readers.items.references_of(make.INSTANCE, [issue_key(1)]) == (
            Reference(source=issue_key(1), target=issue_key(2), relation="mentions", stored=False),
        )

    def test_an_item_does_not_refer_to_itself(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, make.issue(1, description="This is #1"))
        assert readers.items.references_of(make.INSTANCE, [issue_key(1)]) == ()


class PeopleReaderContract(Shelved):
    def test_users_are_found_whatever_the_case(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, make.issue(1, author=make.user("Alice.B")))
        assert [user.username for user in readers.people.users("alice.b")] == ["Alice.B"]
        assert readers.people.users("alice") == ()
        assert readers.people.similar_usernames("ALICE", limit=3) == ("Alice.B",)
        assert readers.people.similar_usernames("alicia", limit=3) == ("Alice.B",)
        assert readers.people.similar_usernames("zoe", limit=3) == ()

    def test_merge_requests_on_a_path_come_with_who_took_part(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(
            app,
            merged(1, reviewers=(make.CAROL, make.BOB)),
            make.file_change("src/app.py"),
            on_file(number=1, at=NOON + 1),
            on_file("src/other.py", number=2, at=NOON + 2),
            make.discussion(3, make.note(30, system=True)),
        )
        (one,) = readers.people.touching(
            ExpertiseQuery(project_ids=(app,), paths=("src/app.py", "src/old.py"), until=NOON + DAY)
        )
        assert (one.iid, one.author, one.reviewers, one.merged_at) == (1, "alice", ("carol", "bob"), NOON)
        assert one.path_notes == (NoteBy("bob", NOON + 1),)
        assert one.further_notes == (NoteBy("bob", NOON + 2),)
        assert not one.nearby

    def test_the_folders_other_merge_requests_come_after_the_paths_own(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(app, merged(1), make.file_change("src/app.py"), make.file_change("src/b.py"))
        shelf.put(app, merged(2), make.file_change("src/b.py"), on_file("docs/x.md", number=2, at=NOON))
        shelf.put(app, merged(3), make.file_change("src/deep/c.py"))
        shelf.put(app, merged(4), make.file_change("readme.md"))
        query = ExpertiseQuery(project_ids=(app,), paths=("src/app.py",), folder="src", until=NOON + DAY)
        found = readers.people.touching(query)
        assert [(one.iid, one.nearby) for one in found] == [(1, False), (2, True)]
        assert found[1].path_notes == (NoteBy("bob", NOON),)
        at_root = replace(query, paths=("x.md",), folder="")
        assert [one.iid for one in readers.people.touching(at_root)] == [4]

    def test_of_a_folder_everything_below_counts(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, merged(1), make.file_change("src/deep/c.py"), on_file("src/deep/c.py", at=NOON))
        shelf.put(app, merged(2), make.file_change("srcs/b.py"), on_file("srcs/b.py", number=2, at=NOON))
        query = ExpertiseQuery(project_ids=(app,), below="src", until=NOON + DAY)
        (one,) = readers.people.touching(query)
        assert (one.iid, len(one.path_notes), len(one.further_notes)) == (1, 1, 0)
        everything = readers.people.touching(replace(query, below=""))
        assert [(one.iid, len(one.path_notes)) for one in everything] == [(2, 1), (1, 1)]

    def test_the_newest_are_kept_and_what_came_later_is_not_seen(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        for iid in range(1, 6):
            shelf.put(app, merged(iid, at=NOON + iid * DAY), make.file_change(), on_file(number=iid, at=NOON + 6 * DAY))
        query = ExpertiseQuery(project_ids=(app,), paths=("src/app.py",), until=NOON + 4 * DAY, limit=2)
        found = readers.people.touching(query)
        assert [(one.iid, one.path_notes) for one in found] == [(4, ()), (3, ())]

    def test_closed_and_open_merge_requests_say_so(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, make.merge_request(1, state="closed", closed_at=NOON + 5), make.file_change())
        shelf.put(app, make.merge_request(2), make.file_change())
        found = readers.people.touching(ExpertiseQuery(project_ids=(app,), paths=("src/app.py",), until=NOON + DAY))
        assert [(one.iid, one.merged_at, one.closed_at) for one in found] == [(2, None, None), (1, None, NOON + 5)]

    def test_somebodys_items_come_with_the_part_taken(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, make.issue(1, assignees=(make.BOB,), updated_at=NOON + 3))
        shelf.put(app, make.merge_request(2, author=make.BOB, reviewers=(make.BOB,), updated_at=NOON + 2))
        shelf.put(app, merged(3, at=NOON + 1, assignees=(make.BOB,)))
        shelf.put(app, make.issue(4, author=make.BOB, updated_at=NOON - DAY))

        def parts(*, open_only: bool, since: int = 0, projects: Collection[ProjectId] = (app,)) -> list[object]:
            found = readers.people.parts_taken("BOB", projects, open_only=open_only, since=since, limit=9)
            return [(one.item, one.part) for one in found.parts]

        assert parts(open_only=True) == [
            (issue_key(1), Part.ASSIGNEE),
            (mr_key(2), Part.AUTHOR),
            (mr_key(2), Part.REVIEWER),
            (issue_key(4), Part.AUTHOR),
        ]
        assert parts(open_only=False, since=NOON) == [
            (issue_key(1), Part.ASSIGNEE),
            (mr_key(2), Part.AUTHOR),
            (mr_key(2), Part.REVIEWER),
            (mr_key(3), Part.ASSIGNEE),
        ]
        assert parts(open_only=True, projects=()) == []
        totals = readers.people.parts_taken("bob", [app], open_only=True, since=0, limit=1).totals
        assert {name: count for name, count in totals.items() if count} == {
            (EntityKind.ISSUE, Part.ASSIGNEE): 1,
            (EntityKind.ISSUE, Part.AUTHOR): 1,
            (EntityKind.MERGE_REQUEST, Part.AUTHOR): 1,
            (EntityKind.MERGE_REQUEST, Part.REVIEWER): 1,
        }
        assert readers.people.parts_taken("nobody", [app], open_only=True, since=0, limit=9).parts == ()

    def test_acts_tell_words_from_what_gitlab_noted(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        asked = make.note(1, "requested review from @alice", system=True, created_at=NOON + 1)
        shelf.put(app, make.merge_request(1), make.discussion(1, asked), make.discussion(2, make.note(2)))
        acts = readers.people.acts_on(make.INSTANCE, [mr_key(1), mr_key(9)], me="alice", looked_at=None)
        assert {key: ([(act.body, act.spoken) for act in of.last], of.new) for key, of in acts.items()} == {
            mr_key(1): ([("", False), ("requested review from @alice", False), ("", True)], 0)
        }

    def test_of_each_person_the_last_act_is_told_and_what_is_new_is_counted(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        said = [make.note(number, created_at=NOON + number) for number in (1, 2, 3)]
        mine = make.note(4, created_at=NOON + 4, author=make.ALICE)
        noted = make.note(5, "closed", created_at=NOON + 5, system=True)
        shelf.put(app, make.issue(1), make.discussion(1, *said, mine), make.discussion(2, noted))
        found = readers.people.acts_on(make.INSTANCE, [issue_key(1)], me="Alice", looked_at=NOON + 1)
        assert [(act.username, act.at - NOON, act.spoken) for act in found[issue_key(1)].last] == [
            ("bob", 3, True),
            ("alice", 4, True),
            ("bob", 5, False),
        ]
        assert found[issue_key(1)].new == 2

    def test_reviews_are_what_was_said_on_others_merge_requests(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(
            app,
            merged(1),
            on_file(number=1, at=NOON + 1),
            on_file(number=2, at=NOON + 2),
            make.discussion(3, make.note(30, created_at=NOON + 3), make.note(31, system=True, created_at=NOON + 9)),
        )
        shelf.put(app, merged(2), on_file("docs/x.md", number=4, at=NOON + 5))
        shelf.put(app, merged(3, author=make.BOB), on_file(number=5, at=NOON + 6))
        shelf.put(app, make.issue(4), make.discussion(6, make.note(60, created_at=NOON + 7)))
        done = readers.people.reviews_by("BOB", [app], since=NOON, limit=1)
        assert [(one.item, one.notes, one.diff_notes, one.last_at) for one in done.reviews] == [
            (mr_key(2), 1, 1, NOON + 5)
        ]
        assert (done.total, done.files) == (2, {"src/app.py": 2, "docs/x.md": 1})
        assert readers.people.reviews_by("bob", [app], since=NOON + 3, limit=9).reviews[1].notes == 1
        assert readers.people.reviews_by("nobody", [app], since=0, limit=9).total == 0

    def test_only_whole_mentions_by_others_count(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        bodies = ["@Bob look", "@bob-bot look", "mail bob@corp.com", "`@bob`", "thanks @bob."]
        notes = [
            make.note(number, body, author=make.CAROL, created_at=NOON + number)
            for number, body in enumerate(bodies, start=1)
        ]
        own = make.note(9, "I am @bob", created_at=NOON + 9)
        shelf.put(app, make.issue(1), make.discussion(1, *notes, own))
        shelf.put(app, make.issue(2, description="For @bob", created_at=NOON, updated_at=NOON + 1))
        found = readers.people.notes_mentioning("bob", [app], since=NOON, limit=9)
        assert [(one.item, one.gitlab_note_id, one.author) for one in found] == [
            (issue_key(1), 5, "carol"),
            (issue_key(1), 1, "carol"),
            (issue_key(2), None, "alice"),
        ]
        assert [one.gitlab_note_id for one in readers.people.notes_mentioning("bob", [app], since=0, limit=1)] == [5]
        assert len(readers.people.notes_mentioning("bob", [app], since=NOON + 2, limit=9)) == 1

    def test_what_others_said_on_items_comes_newest_first(self, shelf: Shelf, readers: Readers, app: ProjectId) -> None:
        shelf.put(app, make.issue(1), make.discussion(1, make.note(1), make.note(2, author=make.CAROL)))
        shelf.put(app, make.merge_request(2), make.discussion(2, make.note(3)))
        shelf.put(app, make.issue(3), make.discussion(3, make.note(4)))
        found = readers.people.notes_on(make.INSTANCE, [issue_key(1), mr_key(2)], without="CAROL", since=0, limit=9)
        assert [one.gitlab_note_id for one in found] == [3, 1]
        late = readers.people.notes_on(make.INSTANCE, [issue_key(1)], without="x", since=NOON + 1500, limit=9)
        assert [one.gitlab_note_id for one in late] == [2]

    def test_active_threads_are_those_with_most_notes_lately(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        def said(number: int, *days: int) -> DependentRecord:
            notes = [
                make.note(number * 10 + at, f"Day {day}", created_at=NOON + day * DAY, author=make.user(f"u{at}"))
                for at, day in enumerate(days)
            ]
            return make.discussion(number, *notes)

        shelf.put(app, make.issue(1), said(1, 0, 5, 6), said(2, 5, 6, 7), said(3, 7))
        shelf.put(app, make.issue(2), said(4, 6, 7))
        shelf.bury(app, make.issue(2))
        found = readers.people.active_threads([app], since=NOON + 4 * DAY, limit=9)
        assert [(one.gitlab_discussion_id, one.notes, one.participants) for one in found] == [
            (make.sha(2), 3, ("u0", "u1", "u2")),
            (make.sha(1), 2, ("u1", "u2")),
        ]
        assert (found[1].excerpt, found[1].first_note_id, found[1].last_at) == ("Day 0", 10, NOON + 6 * DAY)
        assert (found[1].item, found[1].item_title) == (issue_key(1), "Issue 1")
        assert len(readers.people.active_threads([app], since=NOON + 4 * DAY, limit=1)) == 1


class RelativesContract(Shelved):
    def test_items_that_share_labels_come_last_moved_first(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(app, make.issue(1, labels=("bug", "ui"), updated_at=NOON + 1))
        shelf.put(app, make.issue(2, labels=("bug",), updated_at=NOON + 3))
        shelf.put(app, make.issue(3, labels=("bug",), updated_at=NOON + 2))
        shelf.put(app, merged(4, labels=("bug",)))
        shelf.put(app, make.issue(5, labels=("bug",)))
        shelf.bury(app, make.issue(5))
        shared = readers.relatives.sharing_labels(app, ["bug", "none"], limit=2)
        assert shared.sharing == {"bug": (issue_key(2), issue_key(3), mr_key(4))}
        assert (shared.used, shared.total) == ({"bug": 4}, 5)

    def test_merge_requests_that_share_paths_come_newest_first(
        self, shelf: Shelf, readers: Readers, app: ProjectId
    ) -> None:
        shelf.put(app, merged(1), make.file_change("a.py"), make.file_change("b.py"))
        shelf.put(app, merged(2), make.file_change("a.py"))
        shelf.put(app, merged(3), make.file_change("a.py"), make.file_change("new.py", "b.py"))
        assert readers.relatives.paths_of(app, [1, 3]) == ("a.py", "b.py", "new.py")
        shared = readers.relatives.sharing_paths(app, ["a.py", "b.py", "none.py"], limit=2)
        assert shared.sharing == {"a.py": (mr_key(3), mr_key(2)), "b.py": (mr_key(1),)}
        assert (shared.used, shared.total) == ({"a.py": 3, "b.py": 1}, 3)

    def test_nothing_shares_nothing(self, readers: Readers, app: ProjectId) -> None:
        assert readers.relatives.sharing_labels(app, [], limit=2).sharing == {}
        assert readers.relatives.paths_of(app, []) == ()
        assert readers.relatives.sharing_paths(app, [], limit=2).total == 0


class ProvenanceContract(
    ProjectPlacesContract,
    PathReaderContract,
    CommitReaderContract,
    ItemHistoriesContract,
    PeopleReaderContract,
    RelativesContract,
):
    """Give `shelf` and the `readers` that read it."""
