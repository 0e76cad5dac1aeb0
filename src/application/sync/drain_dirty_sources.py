"""Stage docs of a standard sync: drain `dirty_sources` into searchable documents."""

from application.documents.generate_scoped_docs import BATCH, GeneratedDocs, GenerateDocs, GenerateScopedDocs
from application.ports.cancellation import Cancellation
from application.ports.content_store import ContentStore
from application.ports.locks import Lease
from application.ports.progress import Progress


class DrainDirtySources:
    """Oldest first, in batches, letting waiting runs in between."""

    def __init__(
        self,
        *,
        generate_docs: GenerateScopedDocs,
        store: ContentStore,
        cancellation: Cancellation,
        progress: Progress,
    ) -> None:
        self._generate_docs = generate_docs
        self._store = store
        self._cancellation = cancellation
        self._progress = progress

    def __call__(self, lease: Lease) -> GeneratedDocs:
        done = GeneratedDocs()
        with self._store.reading() as view:
            self._progress.stage("docs", total=view.dirty.count())
        while True:
            self._cancellation.check()
            with self._store.reading() as view:
                keys = view.dirty.oldest(BATCH)
            if not keys:
                return done
            done += self._generate_docs(GenerateDocs(lease=lease, keys=tuple(keys)))
            self._progress.advance(len(keys))
            lease.let_others_in()
