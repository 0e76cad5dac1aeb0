"""The second room of the composition root gives each use-case what its signature asks."""

import ast
import importlib
import inspect
import re
import typing
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.memory.progress import MemoryProgress
from entrypoints import provenance_container as module
from entrypoints.container import Surroundings, open_container
from entrypoints.late import Late
from entrypoints.provenance_container import ProvenanceContainer, provenance_of
from entrypoints.quick_injector import providers
from entrypoints.settings import InstanceSettings, Settings, StorageSettings


def imported_for_annotations() -> dict[str, object]:
    """What the module imports under TYPE_CHECKING, imported."""
    tree = ast.parse(Path(str(module.__file__)).read_text())
    blocks = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    imports = [node for block in blocks for node in block.body if isinstance(node, ast.ImportFrom)]
    return {
        alias.name: getattr(importlib.import_module(str(node.module)), alias.name)
        for node in imports
        for alias in node.names
    }


NAMES = {**imported_for_annotations(), "Settings": Settings}
BUILT = [
    pytest.param(name, provider, id=name)
    for name, provider in ProvenanceContainer.providers.items()
    if isinstance(provider, providers.Factory | providers.BaseSingleton)
]


def annotated(name: str) -> object:
    """The class in the brackets of `providers.Factory[...]`, as written beside a provider."""
    written = re.fullmatch(r"providers\.\w+\[(\w+)\]", ProvenanceContainer.__annotations__[name])
    assert written is not None
    return NAMES[written[1]]


def given_by(provider: object) -> object:
    if isinstance(provider, providers.Delegate):
        return Callable[[], given_by(provider.provides)]
    name = next(name for name, each in ProvenanceContainer.providers.items() if each is provider)
    built = getattr(provider, "provides", None)
    if built is None or isinstance(built, Late):
        return annotated(name)
    return typing.get_type_hints(built, localns=NAMES)["return"]


@pytest.mark.parametrize(("name", "provider"), BUILT)
def test_each_provider_is_given_what_its_signature_asks(name: str, provider: providers.Factory[object]) -> None:
    provided = provider.provides
    built = provided.made if isinstance(provided, Late) else provided
    assert built is not None
    target: object = vars(built)["__init__"] if inspect.isclass(built) else built
    asked = typing.get_type_hints(target, localns=NAMES)
    asked.pop("return")
    assert {given: given_by(dependency) for given, dependency in provider.kwargs.items()} == asked, name


@pytest.mark.parametrize(("name", "provider"), BUILT)
def test_what_is_said_to_be_made_is_made(name: str, provider: providers.Factory[object]) -> None:
    if isinstance(provider.provides, Late):
        assert provider.provides.made is annotated(name)


def test_everything_can_be_built(tmp_path: Path) -> None:
    settings = Settings(
        config_file=tmp_path / "config.toml",
        config_exists=True,
        data_folder=tmp_path,
        storage=StorageSettings(database_url=f"sqlite:///{tmp_path / 'lore.db'}"),
        instances=(InstanceSettings(name="work", url="http://127.0.0.1:1", token_env="WORK_TOKEN"),),
    )
    surroundings = Surroundings(environ={}, progress=MemoryProgress())
    with open_container(settings, surroundings) as box:
        rooms = provenance_of(box)
        for name, provider in rooms.providers.items():
            assert provider() is not None, name
        assert rooms.looked_at().get("alice") is None
