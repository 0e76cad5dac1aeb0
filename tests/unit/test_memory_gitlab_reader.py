"""The GitLab in memory keeps the promises of the port."""

import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.gitlab import MemoryGitLab
from adapters.memory.server.model import ServerProject
from application.ports.gitlab_reader import GitLabReader
from contracts.gitlab_reader_contract import GitLabReaderContract, Install
from contracts.gitlab_scenarios import GivenGitLab, GivenProject


def _project(home: GivenProject) -> ServerProject:
    project = ServerProject(project=home.project, former_paths=set(home.former_paths))
    for item in home.items:
        made = project.add(item.entity)
        for dependent, records in item.sets.items():
            made.sets[dependent] = list(records)
    return project


def _gitlab(world: GivenGitLab, *, keyset: bool) -> GitLabReader:
    gitlab = MemoryGitLab(MemoryClock(), keyset_issues=keyset)
    gitlab.projects = {home.project.gitlab_id: _project(home) for home in world.projects}
    return gitlab


class TestMemoryGitLab(GitLabReaderContract):
    @pytest.fixture(params=[True, False], ids=["keyset", "offset"])
    def install(self, request: pytest.FixtureRequest) -> Install:
        keyset: bool = request.param

        def _install(world: GivenGitLab) -> GitLabReader:
            return _gitlab(world, keyset=keyset)

        return _install
