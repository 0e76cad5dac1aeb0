"""Measure what answers about provenance, time and people cost on a large store, and print a Markdown table.

    python benchmarks/provenance_speed.py CORPUS [--stores DIR] [--only WORD] [--no-processes]

The corpus is synced and embedded once, as `search_quality` does, and repeated to 50,000 merge requests and 1,000,000
notes (`repeated_store`); stores that are there already are used as they are. Every question is asked about what is
hottest (the most touched files, the busiest people, the longest threads) and about what chance draws, and its answer is
made to JSON. Git is not asked: lines come with the commits of the corpus's ground truth. CPU time is what counts where
other work shares the machine.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from benchmarks.costs import columns, costs, whole_process
from benchmarks.filled_store import NOWHERE, fill, settings_for
from benchmarks.provenance_arguments import Arguments, TracedLines, hottest_and_any
from benchmarks.repeated_store import repeat

from adapters.memory.clock import MemoryClock
from adapters.memory.progress import MemoryProgress
from application.operations.count_rows import CountQuestion
from application.people.find_active_threads import ActiveThreadsSince
from application.people.find_experts import ExpertsOn
from application.people.find_overlap import OverlapOn
from application.people.show_my_work import MyWork
from application.people.show_reviews import ReviewsBy
from application.people.show_workload import WorkloadOf
from application.ports.item_reader import ItemFilter
from application.ports.note_reader import NoteFilter
from application.provenance.explain_item import ExplanationOf
from application.provenance.file_history import FileHistoryOf
from application.provenance.find_drift import DriftOf
from application.provenance.find_related import RelatedTo
from application.provenance.item_as_of import ItemAsOfMoment
from application.provenance.show_timeline import TimelineOf
from application.provenance.trace_line import TraceLineOf
from application.provenance.trace_path import TracePathOf
from application.provenance.whereabouts import Asked
from application.reading.list_items import ItemQuestion
from application.reading.list_notes import NoteQuestion
from domain.errors import NotFound
from domain.expertise import ScoreRules
from domain.refs import EntityKind
from entrypoints.container import Container, Surroundings, open_container
from entrypoints.json_text import to_json
from entrypoints.provenance_container import ProvenanceContainer, provenance_of
from entrypoints.quick_injector import providers
from entrypoints.views import plain

MERGE_REQUESTS, NOTES = 50_000, 1_000_000
ROUNDS = 5
ISSUE, MERGE_REQUEST = EntityKind.ISSUE, EntityKind.MERGE_REQUEST

Question = tuple[str, Callable[[Any], object], Sequence[object]]
"""What is asked, the use-case that answers, and its commands."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--stores", type=Path)
    parser.add_argument("--only", default="", help="only questions whose name holds this")
    parser.add_argument("--no-processes", action="store_true", help="only within this process")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = made_store(options.corpus, options.stores or Path(folder))
        print("| what | arguments | CPU ms p50 | CPU ms p95 | wall ms p50 | wall ms p95 |")
        print("|---|---|---|---|---|---|")
        known = Arguments(database, options.corpus)
        measure(database, known, options.only)
        if not options.no_processes:
            for words in whole_programs(known):
                found = [whole_process(database, "--json", *words) for _ in range(ROUNDS)]
                print(f"| whole process: lore {' '.join(words)} | {ROUNDS} | {columns(found)} |", flush=True)


def made_store(corpus: Path, stores: Path) -> Path:
    database = stores / f"{corpus.name}-repeated" / "lore.db"
    if not database.exists():
        base = stores / f"{corpus.name}.db"
        fill(corpus, base)
        database.parent.mkdir(parents=True, exist_ok=True)
        print(repeat(base, database, merge_requests=MERGE_REQUESTS, notes=NOTES), flush=True)
    return database


def measure(database: Path, known: Arguments, only: str) -> None:
    surroundings = Surroundings(environ={}, progress=MemoryProgress())
    with open_container(settings_for(database, NOWHERE, ()), surroundings) as box:
        box.override_providers(
            clock=providers.Object(MemoryClock(known.newest_note_at)), blame=providers.Object(TracedLines(known.lines))
        )
        for name, answer, asked in questions(box, provenance_of(box), known):
            if only in name:
                report(name, answer, asked)


def report(name: str, answer: Callable[[Any], object], asked: Sequence[object]) -> None:
    """The first question is asked once more than counts: it loads what all need."""

    def act(command: object) -> object:
        return to_json(plain(answer(command)))

    found = list(costs(act, [asked[0], *asked]))[1:]
    print(f"| {name} | {len(found)} | {columns(found)} |", flush=True)


def questions(box: Container, provenance: ProvenanceContainer, known: Arguments) -> Iterator[Question]:
    yield from about_files(provenance, known)
    yield from about_items(provenance, known)
    yield from about_people(provenance, known)
    yield from lists(box, known)


def about_files(box: ProvenanceContainer, known: Arguments) -> Iterator[Question]:
    rules = ScoreRules()
    for name, places in hottest_and_any("files", known.files):
        yield f"file-history, {name}", box.file_history(), [FileHistoryOf(asked=one) for one in places]
        with_threads = [FileHistoryOf(asked=one, discussions=True) for one in places]
        yield f"file-history --discussions, {name}", box.file_history(), with_threads
        yield f"trace PATH, {name}", box.trace_path(), [TracePathOf(asked=one) for one in places]
        yield f"who PATH, {name}", box.find_experts(), [ExpertsOn(asked=one, rules=rules) for one in places]
        yield f"who --overlap PATH, {name}", box.find_overlap(), [OverlapOn(asked=one) for one in places]
    for name, places in hottest_and_any("folders", known.folders):
        yield f"file-history, {name}", box.file_history(), [FileHistoryOf(asked=one) for one in places]
        merged = [FileHistoryOf(asked=one, merged_only=True) for one in places]
        yield f"file-history --merged, {name}", box.file_history(), merged
        yield f"trace PATH, {name}", box.trace_path(), [TracePathOf(asked=one) for one in places]
        yield f"who PATH, {name}", box.find_experts(), [ExpertsOn(asked=one, rules=rules) for one in places]
        yield f"who --overlap PATH, {name}", box.find_overlap(), [OverlapOn(asked=one) for one in places]
    unknown = [Asked(path=f"no/such/{one.path}x", project=one.project) for one in known.files.any]
    yield "file-history, unknown files", missing(box.file_history()), [FileHistoryOf(asked=one) for one in unknown]
    yield (
        "trace PATH:LINE, lines by chance",
        box.trace_line(),
        [
            TraceLineOf(asked=Asked(path=line.path, project=line.project), first=line.number, last=line.number)
            for line in known.lines
        ],
    )


def about_items(box: ProvenanceContainer, known: Arguments) -> Iterator[Question]:
    for name, items in hottest_and_any("items", known.items):
        timelines = [TimelineOf(what=f"{one.word}:{one.iid}", asked=one.asked) for one in items]
        yield f"timeline, {name}", box.show_timeline(), timelines
        asked = [(one.kind, one.iid, one.asked) for one in items]
        yield f"explain, {name}", box.explain_item(), [ExplanationOf(kind=k, iid=i, asked=a) for k, i, a in asked]
        yield f"related, {name}", box.find_related(), [RelatedTo(kind=k, iid=i, asked=a) for k, i, a in asked]
        yield f"drift, {name}", box.find_drift(), [DriftOf(kind=k, iid=i, asked=a) for k, i, a in asked]
        past = [ItemAsOfMoment(kind=one.kind, iid=one.iid, at=one.then, asked=one.asked) for one in items]
        yield f"issues and mrs --as-of, {name}", box.show_item_as_of(), past
    words = [TimelineOf(what=text, asked=Asked(project=known.busiest_project)) for text in known.texts]
    yield "timeline WORDS", box.show_timeline(), words


def about_people(box: ProvenanceContainer, known: Arguments) -> Iterator[Question]:
    for name, people in hottest_and_any("people", known.people):
        yield f"who @USER, {name}", box.show_workload(), [WorkloadOf(username=one) for one in people]
        yield f"who @USER --reviews, {name}", box.show_reviews(), [ReviewsBy(username=one) for one in people]
        mine = [MyWork(username=one, since=known.busy_month_at) for one in people]
        yield f"me, {name}", box.show_my_work(), mine
    active = [ActiveThreadsSince(projects=one, since=known.busy_month_at) for one in choices(known)]
    yield "who --active", box.find_active_threads(), active


def lists(box: Container, known: Arguments) -> Iterator[Question]:
    projects = choices(known)
    people = (*known.people.hottest, *known.people.any)
    for kind, word in ((ISSUE, "issues"), (MERGE_REQUEST, "mrs")):
        filters = [
            ItemFilter(kind=kind),
            ItemFilter(kind=kind, state="opened"),
            ItemFilter(kind=kind, updated_since=known.newest_note_at - 30 * 86_400_000),
            *(ItemFilter(kind=kind, labels=(label,)) for label in known.labels),
            *(ItemFilter(kind=kind, author=one) for one in people),
        ]
        asked = [
            ItemQuestion(filter=one, projects=path) for one in filters for path in random.Random(1).sample(projects, 3)
        ]
        yield word, box.list_items(), asked
    notes = [
        NoteFilter(),
        *(NoteFilter(author=one) for one in people),
        *(NoteFilter(path=one.path) for one in known.files.hottest),
    ]
    yield "notes", box.list_notes(), [NoteQuestion(filter=one) for one in notes]
    yield "count", box.count_rows(), [CountQuestion(projects=path) for path in projects]


def choices(known: Arguments) -> list[tuple[str, ...]]:
    """All projects, and each."""
    return [(), *((path,) for path in known.projects)]


def missing(answer: Callable[[Any], object]) -> Callable[[Any], object]:
    def refused(command: object) -> object:
        try:
            return answer(command)
        except NotFound as error:
            return str(error)

    return refused


def whole_programs(known: Arguments) -> Iterator[tuple[str, ...]]:
    file, item, person = known.files.hottest[0], known.items.hottest[0], known.people.hottest[0]
    project = ("-p", str(file.project))
    yield "file-history", file.path, *project
    yield "trace", file.path, *project
    yield "who", file.path, *project
    yield "who", f"@{person}"
    yield "me", "--user", person
    yield "timeline", f"{item.word}:{item.iid}", "-p", str(item.asked.project)
    yield "explain", item.command, str(item.iid), "-p", str(item.asked.project)
    yield "issues", "-n", "50"
    yield "mrs", "-n", "50"
    yield "notes", "-n", "50"
    yield ("count",)


if __name__ == "__main__":
    main()
