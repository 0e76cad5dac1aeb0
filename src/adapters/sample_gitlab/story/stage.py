"""The stage: a world in which the story's items are made and acted on, with the mentions that follow from texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.sample_gitlab.model import Discussion, Issue, Item, MergeRequest, Project
from adapters.sample_gitlab.rows import Row, sha
from adapters.sample_gitlab.story.references import closed_by, mentioned, spelled_out
from adapters.sample_gitlab.story.tree import Operation, Tree
from adapters.sample_gitlab.world import World

Act = Sequence[Any]


@dataclass(slots=True)
class Scene:
    """One item as the story tells it: `spec` is the table that was written, `item` what has become of it."""

    spec: Row
    item: Item | None = None
    thread: Discussion | None = None
    base: Tree = field(default_factory=Tree)
    operations: list[Operation] = field(default_factory=list)

    @property
    def merge_request(self) -> MergeRequest:
        if not isinstance(self.item, MergeRequest):
            raise TypeError(f"{self.spec} is no merge request yet")
        return self.item

    @property
    def issue(self) -> Issue:
        if not isinstance(self.item, Issue):
            raise TypeError(f"{self.spec} is no issue yet")
        return self.item

    @property
    def acted(self) -> Item:
        if self.item is None:
            raise TypeError(f"{self.spec} is not made yet")
        return self.item


class Stage:
    """Knows the items by the names the story gave them, and what is on each project's main branch."""

    def __init__(self, world: World, projects: Mapping[str, Project]) -> None:
        self.world = world
        self.projects = dict(projects)
        self.items: dict[str, Item] = {}
        self.trees = {name: Tree() for name in projects}
        self.heads = {name: sha(name, "first commit") for name in projects}
        self._mentions: set[tuple[str, str]] = set()

    def make(self, scene: Scene) -> None:
        """Creates the scene's issue or merge request at the world's present time."""
        spec = scene.spec
        home = self.home(scene)
        text = self.text(scene, spec.get("text", ""))
        scene.item = self._issue(spec, home, text) if "issue" in spec else self._merge_request(scene, home, text)
        if "name" in spec:
            self.items[spec["name"]] = scene.item
        self.cross_reference(scene.item, f"{scene.item.row['title']}\n{text}", spec["by"])

    def home(self, scene: Scene) -> Project:
        return self.projects[scene.spec.get("in", "press")]

    def text(self, scene: Scene, written: str) -> str:
        return spelled_out(written, self.home(scene), self.items)

    def cross_reference(self, source: Item, text: str, by: str) -> None:
        """The first time a text of the source names an item, that item gets its "mentioned in" note."""
        for target in mentioned(text, source.project, self.world):
            pair = (source.reference, target.reference)
            if target is not source and pair not in self._mentions:
                self._mentions.add(pair)
                self.world.mention(source, target, by=by)

    def milestone(self, project: Project, title: str) -> Row:
        found = next((row for row in project.milestones if row["title"] == title), None)
        return found or self.world.define_milestone(project, title)

    def _issue(self, spec: Row, home: Project, text: str) -> Issue:
        return self.world.create_issue(
            home,
            spelled_out(spec["issue"], home, self.items),
            author=spec["by"],
            description=text,
            labels=spec.get("labels", ()),
            milestone=self.milestone(home, spec["milestone"]) if "milestone" in spec else None,
            assignees=spec.get("assign", ()),
            confidential=spec.get("confidential", False),
            issue_type=spec.get("type", "issue"),
        )

    def _merge_request(self, scene: Scene, home: Project, text: str) -> MergeRequest:
        spec, place = scene.spec, scene.spec.get("in", "press")
        title = spelled_out(spec["mr"], home, self.items)
        scene.base, scene.operations = self.trees[place], list(spec.get("change", ()))
        messages = [self.text(scene, message) for message in spec.get("commits", [title])]
        return self.world.create_mr(
            home,
            title,
            author=spec["by"],
            source_branch=spec["branch"],
            target_branch=spec.get("onto"),
            description=text,
            labels=spec.get("labels", ()),
            milestone=self.milestone(home, spec["milestone"]) if "milestone" in spec else None,
            assignees=spec.get("assign", (spec["by"],)),
            reviewers=spec.get("review", ()),
            diffs=scene.base.after(scene.operations).diffs_from(scene.base),
            commits=self.commits(messages, spec["by"], self.heads[place]),
            closes=self.closing([title, text, *messages], home),
            base_sha=self.heads[place],
        )

    def closing(self, texts: Iterable[str], home: Project) -> list[Issue]:
        found = [issue for text in texts for issue in closed_by(text, home, self.world)]
        return list(dict.fromkeys(found))

    def commits(self, messages: Iterable[str], author: str, parent: str) -> list[Row]:
        """Newest first, as GitLab lists them, each on top of the one before."""
        rows: list[Row] = []
        for message in messages:
            commit = sha(parent, message, self.world.now)
            row: Row = {"id": commit, "message": message, "parent_ids": [parent], "authored_date": self.world.now}
            row |= {"author_name": self.world.user(author)["name"], "author_email": f"{author}@orchard.example"}
            rows.insert(0, row)
            parent = commit
        return rows
