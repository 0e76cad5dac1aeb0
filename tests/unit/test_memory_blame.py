"""The in-memory `Blame` keeps the port's promises."""

import hashlib

import pytest

from adapters.memory.blame import MemoryBlame, MemoryRepository
from contracts.blame_contract import BlameContract, Files, History
from domain.blame import Checkout, CommitFacts


class MemoryHistory:
    def __init__(self) -> None:
        self._repository = MemoryRepository(checkout=Checkout(root="/home/ada/app"))

    def commit(self, files: Files, message: str, *parents: str) -> str:
        sha = hashlib.sha1(f"{len(self._repository.commits)} {message}".encode(), usedforsecurity=False).hexdigest()
        at = len(self._repository.commits) * 1000
        self._repository.commits[sha] = CommitFacts(
            sha=sha, parent_shas=parents, author_name="Ada", authored_at=at, committed_at=at, message=message
        )
        self._repository.trees[sha] = dict(files)
        return sha

    def stand_on(self, sha: str) -> None:
        self._repository.head = sha
        self._repository.work_tree = self._repository.trees[sha]

    def edit(self, path: str, lines: tuple[str, ...]) -> None:
        self._repository.work_tree = {**self._repository.work_tree, path: lines}

    def blame(self, folder: str = "") -> MemoryBlame:
        return MemoryBlame(self._repository, folder=f"/home/ada/app/{folder}")


class TestMemoryBlame(BlameContract):
    @pytest.fixture
    def history(self) -> History:
        return MemoryHistory()


def test_of_two_checkouts_inside_one_another_the_inner_one_is_located() -> None:
    outer = MemoryRepository(checkout=Checkout(root="/home/ada/app"))
    inner = MemoryRepository(checkout=Checkout(root="/home/ada/app/vendor/lib"))
    place = MemoryBlame(outer, inner, folder="/home/ada/app").locate("vendor/lib/a.c")
    assert place is not None
    assert (place.checkout.root, place.path) == ("/home/ada/app/vendor/lib", "a.c")
