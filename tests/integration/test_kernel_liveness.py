"""Liveness by the kernel's locks, on real files and among real processes."""

import stat
from pathlib import Path

import pytest

from adapters.locks.kernel_liveness import KernelLiveness
from application.ports.liveness import Liveness
from contracts.liveness_contract import LivenessContract
from contracts.store_processes import elsewhere, liveness_beside
from domain.errors import FileError


class TestKernelLiveness(LivenessContract):
    @pytest.fixture
    def liveness(self, tmp_path: Path) -> Liveness:
        return KernelLiveness(tmp_path / "locks")


def test_files_are_private_and_go_with_their_holders(tmp_path: Path) -> None:
    folder = tmp_path / "locks"
    with KernelLiveness(folder).living("ada"):
        (file,) = folder.iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []


def test_asking_for_somebody_who_never_lived_makes_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "locks"
    assert not KernelLiveness(folder).is_alive("ada")
    assert not folder.exists()


def test_a_killed_process_lives_no_more_and_leaves_no_file(database: Path) -> None:
    liveness = liveness_beside(database)
    with elsewhere("run", database) as run:
        assert liveness.is_alive("run run-1")
        run.kill()
        run.wait()
        assert not liveness.is_alive("run run-1")
    assert list(database.with_suffix(".locks").iterdir()) == []


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("not a folder")
    with pytest.raises(FileError) as told, KernelLiveness(tmp_path / "locks").living("ada"):
        pass
    assert "locks" in told.value.message


def test_a_lock_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    liveness = KernelLiveness(tmp_path)
    with liveness.living("ada"):
        (file,) = tmp_path.iterdir()
    file.mkdir()
    with pytest.raises(FileError):
        liveness.is_alive("ada")
