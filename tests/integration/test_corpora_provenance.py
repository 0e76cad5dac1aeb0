"""File histories and expert rankings against real projects' ground truth, where the corpora are there."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpora" / "dev-bitcoin-small"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpora are not part of the project")


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("provenance_quality", ROOT / "benchmarks" / "provenance_quality.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def projects(benchmark: ModuleType) -> dict[str, object]:
    found: dict[str, object] = benchmark.read_projects(CORPUS)
    return found


@pytest.mark.requirement("file-history:agrees-with-diffs", "file-history:agrees-with-git")
def test_histories_agree_with_the_diffs_and_with_git(benchmark: ModuleType, projects: dict[str, object]) -> None:
    found = benchmark.file_histories(CORPUS, projects)
    assert found.agreed == found.total > 0
    assert found.mean_jaccard >= 0.99


@pytest.mark.requirement("who:better-than-counting")
def test_the_formula_ranks_better_than_counting(benchmark: ModuleType, projects: dict[str, object]) -> None:
    found = benchmark.reviewers(CORPUS, projects)
    assert found[benchmark.FORMULA] >= found[benchmark.BY_PEOPLE] + 0.05
    assert found[benchmark.FORMULA] >= found[benchmark.BY_AUTHORS] + 0.3
