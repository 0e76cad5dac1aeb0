"""What every `VectorIndex` with its `VectorStore` promises."""

from abc import ABC, abstractmethod

import pytest

from adapters.memory.embedder import MemoryEmbedder
from application.ports.document_search import SearchFilter
from application.ports.locks import EMBED
from application.ports.vector_index import Coverage, DocumentMeaning, Meant
from application.ports.vector_store import EmbeddedText
from contracts.vector_scene import ANY, VectorPorts, VectorScene
from domain.errors import LockLost
from domain.refs import EntityKind, SourceType


class VectorIndexContract(ABC):
    @pytest.fixture
    @abstractmethod
    def ports(self) -> VectorPorts:
        """Of an empty store."""

    @pytest.fixture
    def scene(self, ports: VectorPorts) -> VectorScene:
        return VectorScene(ports)

    @pytest.mark.parametrize("exact", [False, True])
    def test_the_nearest_come_first_and_each_document_once(self, scene: VectorScene, exact: bool) -> None:
        scene.write(1, "spooler", "the queue is stuck", "the queue is stuck again")
        scene.write(2, "feeder", "paper jams in tray two")
        scene.write(3, "spooler", "the queue is slow today")
        scene.embed()
        assert scene.nearest("the queue is stuck", exact=exact) == ["#1", "#3", "#2"]
        assert scene.nearest("the queue is stuck", exact=exact, limit=1) == ["#1"]

    def test_titles_are_found_apart_from_passages(self, scene: VectorScene) -> None:
        scene.write(1, "the queue is stuck", "no such words")
        scene.write(2, "paper", "the queue is stuck")
        scene.write_thread(1, "the queue is stuck", "a thread has no title", note_gitlab_id=5)
        scene.embed()
        assert scene.nearest("the queue is stuck", Meant.TITLE) == ["#1", "#2"]

    @pytest.mark.requirement("search:vectors-follow-documents")
    def test_a_document_that_is_gone_is_found_no_more(self, scene: VectorScene) -> None:
        scene.write(1, "one", "the queue is stuck")
        key = scene.write(2, "two", "the queue is stuck")
        scene.embed()
        scene.remove(key)
        assert scene.nearest("the queue is stuck") == ["#1"]
        assert scene.nearest("two", Meant.TITLE) == ["#1"]

    @pytest.mark.requirement("search:vectors-follow-documents")
    def test_a_passage_that_changed_is_found_by_its_old_words_no_more(self, scene: VectorScene) -> None:
        scene.write(1, "one", "the queue is stuck", "paper jams")
        scene.embed()
        scene.write(1, "one", "all is well", "paper jams")
        assert scene.nearest("the queue is stuck", exact=True) == ["#1"]
        assert scene.embed() == 1
        assert scene.nearest("all is well") == ["#1"]

    def test_a_title_that_changed_is_wanted_again(self, scene: VectorScene) -> None:
        scene.write(1, "one", "text")
        scene.embed()
        scene.write(1, "another", "text")
        assert scene.nearest("one", Meant.TITLE) == []
        assert [one.meant for one in scene.ports.vectors.wanted(scene.embedder.space, None)] == [Meant.TITLE]
        scene.embed()
        assert scene.nearest("another", Meant.TITLE) == ["#1"]

    @pytest.mark.requirement("search:filters-inside")
    def test_a_narrow_filter_loses_no_result(self, scene: VectorScene) -> None:
        for iid in range(1, 40):
            scene.write(iid, "t", "the queue is stuck")
        scene.write(
            40, "t", "paper jams", author="bob", labels=("jam",), state="closed", paths=("a/b.py",), created_at=5
        )
        scene.embed()
        for chosen in (
            SearchFilter(author="@Bob"),
            SearchFilter(labels=("JAM",)),
            SearchFilter(state="closed"),
            SearchFilter(path="a/"),
            SearchFilter(path="a/b.py"),
            SearchFilter(created_until=5),
        ):
            assert scene.nearest("the queue is stuck", Meant.CHUNK, chosen, limit=1) == ["#40"]
            assert scene.nearest("the queue is stuck", Meant.TITLE, chosen, limit=1) == ["#40"]
        assert scene.nearest("the queue is stuck", chosen=SearchFilter(author="nobody")) == []

    def test_documents_of_one_type_can_be_asked_for(self, scene: VectorScene) -> None:
        scene.write(1, "one", "the queue")
        scene.write(2, "two", "the queue", kind=EntityKind.MERGE_REQUEST)
        scene.write_thread(1, "one", "the queue", note_gitlab_id=5)
        scene.embed()
        for source_type, names in zip(SourceType, ({"#1", "#1~"}, {"!2"}, {"#1~"}), strict=True):
            assert set(scene.nearest("the queue", chosen=SearchFilter(source_types=(source_type,)))) == names

    def test_meanings_tell_item_passage_and_title(self, scene: VectorScene) -> None:
        scene.write(1, "the queue is stuck", "paper jams")
        scene.write_thread(1, "the queue is stuck", "restart it", "paper jams", note_gitlab_id=5)
        scene.embed()
        (own, thread) = self._meanings(scene, "paper jams")
        assert own.item == thread.item
        assert own.chunk == pytest.approx(1, abs=0.02)
        assert (own.note_gitlab_id, thread.note_gitlab_id) == (None, 5)
        assert thread.title == pytest.approx(own.title)

    def test_what_has_no_vector_has_no_meaning_yet(self, scene: VectorScene) -> None:
        scene.write(1, "title", "passage")
        scene.write_thread(1, "title", "restart it", note_gitlab_id=5)
        for meaning in self._meanings(scene, "passage"):
            assert (meaning.chunk, meaning.title, meaning.note_gitlab_id) == (None, None, None)

    @staticmethod
    def _meanings(scene: VectorScene, query: str) -> list[DocumentMeaning]:
        items = scene.ports.search.by_text('"about"', ANY, limit=9)
        known = [one for found in scene.ports.search.telling(items, ANY, (), most=9).values() for one in found]
        meanings = scene.ports.index.meanings(
            scene.embedder.space, scene.embedder.embed_query(query), [one.document_id for one in known]
        )
        own_first = sorted(known, key=lambda one: one.source_type is SourceType.DISCUSSION)
        return [meanings[one.document_id] for one in own_first]

    @pytest.mark.requirement("search:spaces-never-mix")
    def test_spaces_never_mix_and_a_new_model_embeds_again(self, scene: VectorScene) -> None:
        scene.write(1, "one", "the queue")
        scene.embed()
        old, scene.embedder = scene.embedder, MemoryEmbedder(model="other", dimensions=100)
        assert scene.nearest("the queue") == scene.nearest("the queue", exact=True) == []
        assert scene.ports.index.coverage(scene.embedder.space) == Coverage(chunks=1, embedded=0)
        assert scene.embed() == 1
        assert scene.nearest("the queue") == ["#1"]
        assert scene.ports.index.coverage(old.space) == Coverage(chunks=1, embedded=0)

    def test_only_what_has_no_vector_is_wanted_titles_first(self, scene: VectorScene) -> None:
        first = scene.write(1, "one", "a", "b")
        scene.write(2, "two", "c")
        space = scene.embedder.space
        wanted = scene.ports.vectors.wanted(space, None)
        assert [one.meant for one in wanted] == [Meant.TITLE] * 2 + [Meant.CHUNK] * 3
        assert len(scene.ports.vectors.wanted(space, [first])) == 3
        assert [scene.ports.vectors.coverage(one).missing for one in (space, None)] == [3, 3]
        scene.embed()
        assert scene.ports.vectors.wanted(space, None) == []
        assert [scene.ports.vectors.coverage(one).missing for one in (space, None)] == [0, 0]

    @pytest.mark.requirement("search:quick-reading")
    def test_a_vector_of_the_beginning_is_found_and_gives_way_to_the_whole_one(self, scene: VectorScene) -> None:
        scene.write(1, "", "the queue is stuck")
        scene.write(2, "", "paper jams")
        space = scene.embedder.space
        scene.put(*scene.ports.vectors.wanted(space, None), vector_of="the queue", is_whole=False)
        assert scene.nearest("the queue", exact=True) == scene.nearest("the queue") == ["#1", "#2"]
        assert scene.ports.index.coverage(space) == Coverage(chunks=2, embedded=2, in_part=2)
        assert scene.ports.vectors.coverage(None) == Coverage(chunks=2, embedded=2, in_part=2)
        assert scene.ports.vectors.wanted(space, None) == []
        assert scene.put(*scene.ports.vectors.read_in_part(space, None)) == 2
        assert scene.ports.index.coverage(space) == Coverage(chunks=2, embedded=2, in_part=0)
        for exact in (False, True):
            assert scene.nearest("paper jams", exact=exact, limit=1) == ["#2"]
            assert scene.nearest("the queue is stuck", exact=exact, limit=1) == ["#1"]

    @pytest.mark.requirement("search:quick-reading")
    def test_what_was_read_in_part_is_told_for_documents_asked_for_the_newest_first(self, scene: VectorScene) -> None:
        keys = [scene.write(iid, "", f"passage {iid}", updated_at=iid) for iid in (2, 3, 1)]
        vectors, space = scene.ports.vectors, scene.embedder.space
        scene.put(*vectors.wanted(space, None), is_whole=False)
        texts = vectors.texts(vectors.read_in_part(space, None))
        assert [texts[one] for one in vectors.read_in_part(space, None)] == ["passage 3", "passage 2", "passage 1"]
        assert [texts[one] for one in vectors.read_in_part(space, keys[:1])] == ["passage 2"]
        assert vectors.read_in_part(MemoryEmbedder(model="other").space, None) == []
        scene.remove(keys[1])
        assert len(vectors.read_in_part(space, None)) == 2

    def test_it_tells_the_spaces_that_it_holds_vectors_of(self, scene: VectorScene) -> None:
        assert not scene.ports.index.spaces()
        scene.write(1, "one", "a passage")
        key = scene.write(2, "two", "another passage")
        assert not scene.ports.index.spaces()
        scene.embed()
        first, scene.embedder = scene.embedder.space, MemoryEmbedder(model="other")
        assert {*scene.ports.index.spaces()} == {first}
        scene.put(scene.ports.vectors.wanted(scene.embedder.space, [key])[-1])
        assert {*scene.ports.index.spaces()} == {first, scene.embedder.space}

    def test_a_text_that_changed_meanwhile_keeps_no_vector_of_the_old_one(self, scene: VectorScene) -> None:
        scene.write(1, "", "a passage")
        wanted = scene.ports.vectors.wanted(scene.embedder.space, None)
        assert scene.put(*wanted, text="what it said before") == 0
        assert scene.ports.vectors.coverage(scene.embedder.space).missing == 1

    def test_a_text_that_is_gone_meanwhile_keeps_none_either(self, scene: VectorScene) -> None:
        key = scene.write(1, "one", "a passage")
        wanted = scene.ports.vectors.wanted(scene.embedder.space, None)
        scene.remove(key)
        assert scene.ports.vectors.texts(wanted) == {}
        assert scene.put(*wanted, text="a passage") == 0

    def test_nothing_is_written_once_the_lock_is_lost(self, scene: VectorScene) -> None:
        scene.write(1, "one", "a passage")
        (wanted, _) = scene.ports.vectors.wanted(scene.embedder.space, None)
        embedded = EmbeddedText(wanted=wanted, text="one", vector=scene.embedder.embed_query("one"))
        with scene.ports.locks.hold(EMBED, wait_ms=0) as lease:
            pass
        with pytest.raises(LockLost):
            scene.ports.vectors.put(lease, scene.embedder.space, [embedded])
        with pytest.raises(LockLost):
            scene.ports.vectors.tidy(lease)

    def test_many_that_went_leave_the_index_right(self, scene: VectorScene) -> None:
        keys = [scene.write(iid, f"title {iid}", f"passage number {iid}") for iid in range(1, 30)]
        scene.embed()
        for key in keys[:-1]:
            scene.remove(key)
        scene.write(1, "title 1", "a new passage")
        scene.embed()
        assert scene.nearest("passage number 29") == ["#29", "#1"]
