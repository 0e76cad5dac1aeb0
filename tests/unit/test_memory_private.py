"""Private files and tokens in memory."""

import pytest

from adapters.memory.private_files import MemoryPrivateFiles
from adapters.memory.tokens import MemoryTokens
from application.ports.private_files import PrivateFiles
from application.ports.tokens import Tokens
from contracts.private_files_contract import PrivateFilesContract
from contracts.tokens_contract import GIVEN, TokensContract


class TestMemoryPrivateFiles(PrivateFilesContract):
    @pytest.fixture
    def files(self) -> PrivateFiles:
        return MemoryPrivateFiles()

    @pytest.fixture
    def path(self) -> str:
        return "folder/file"


class TestMemoryTokens(TokensContract):
    @pytest.fixture
    def tokens(self) -> Tokens:
        return MemoryTokens(work=None, given=GIVEN)
