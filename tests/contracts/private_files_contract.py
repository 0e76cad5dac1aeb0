"""What every `PrivateFiles` promises."""

from abc import ABC, abstractmethod

import pytest

from application.ports.private_files import PrivateFiles


class PrivateFilesContract(ABC):
    @pytest.fixture
    @abstractmethod
    def files(self) -> PrivateFiles: ...

    @pytest.fixture
    @abstractmethod
    def path(self) -> str:
        """Of a file that is not there yet, in a folder that is not there either."""

    def test_a_file_that_is_not_there_reads_as_none(self, files: PrivateFiles, path: str) -> None:
        assert files.read(path) is None

    def test_what_was_written_is_read(self, files: PrivateFiles, path: str) -> None:
        files.write(path, "größer\nals 5\n")
        assert files.read(path) == "größer\nals 5\n"

    def test_writing_again_replaces_the_whole_text(self, files: PrivateFiles, path: str) -> None:
        files.write(path, "a long first text")
        files.write(path, "short")
        assert files.read(path) == "short"

    def test_a_removed_file_is_gone(self, files: PrivateFiles, path: str) -> None:
        files.write(path, "text")
        assert files.remove(path)
        assert files.read(path) is None

    def test_removing_what_is_not_there_says_so(self, files: PrivateFiles, path: str) -> None:
        assert not files.remove(path)
