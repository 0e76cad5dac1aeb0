"""The wiring is data, which mypy does not check; these tests do."""

import ast
import importlib
import inspect
import re
import sys
import typing
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.memory.progress import MemoryProgress
from entrypoints.container import Container, Surroundings, open_container
from entrypoints.late import Late
from entrypoints.quick_injector import providers
from entrypoints.settings import InstanceSettings, Settings, StorageSettings

BUILT = [
    pytest.param(name, provider, id=name)
    for name, provider in Container.providers.items()
    if isinstance(provider, providers.Factory | providers.BaseSingleton)
]


ROOMS = [room for room in Container.__mro__ if room.__module__.startswith("entrypoints.wiring.")]


def imported_for_annotations(room: type) -> dict[str, object]:
    """What the room's module imports under TYPE_CHECKING, imported."""
    tree = ast.parse(inspect.getsource(sys.modules[room.__module__]))
    blocks = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    imports = [node for block in blocks for node in block.body if isinstance(node, ast.ImportFrom)]
    return {
        alias.name: getattr(importlib.import_module(str(node.module)), alias.name)
        for node in imports
        for alias in node.names
    }


NAMES = {name: made for room in ROOMS for name, made in imported_for_annotations(room).items()}
SAID = {name: said for room in ROOMS for name, said in vars(room).get("__annotations__", {}).items()}


def built_by(provider: object) -> object:
    """A class, or a builder function."""
    assert isinstance(provider, providers.Factory | providers.BaseSingleton)
    provided = provider.provides
    assert provided is not None
    return provided.made if isinstance(provided, Late) else provided


def given_by(provider: providers.Provider[object]) -> object:
    if isinstance(provider, providers.Dependency):
        return provider.instance_of
    if isinstance(provider, providers.Delegate):
        assert provider.provides is not None
        return Callable[[], given_by(provider.provides)]
    built = built_by(provider)
    return built if inspect.isclass(built) else typing.get_type_hints(built, localns=NAMES)["return"]


@pytest.mark.parametrize(("name", "provider"), BUILT)
def test_each_provider_is_given_what_its_signature_asks(name: str, provider: providers.Factory[object]) -> None:
    assert list(provider.args) == [], f"give {name} its dependencies by name, so that this test can check them"
    built = built_by(provider)
    target: object = vars(built)["__init__"] if inspect.isclass(built) else built
    asked = typing.get_type_hints(target, localns=NAMES)
    asked.pop("return")
    assert {given: given_by(dependency) for given, dependency in provider.kwargs.items()} == asked


def test_what_a_late_class_is_said_to_make_it_makes() -> None:
    """Without its annotation, mypy would take what it makes for Any."""
    late = {name: each for name, each in Container.providers.items() if isinstance(built_of(each), Late)}
    said = {name: re.fullmatch(r"providers\.Factory\[(\w+)\]", SAID[name]) for name in late}
    assert {name: given_by(each) for name, each in late.items()} == {
        name: NAMES[match[1]] for name, match in said.items() if match
    }


def built_of(provider: object) -> object:
    return getattr(provider, "provides", None)


def settings_in(folder: Path) -> Settings:
    return Settings(
        config_file=folder / "config.toml",
        config_exists=True,
        data_folder=folder,
        storage=StorageSettings(database_url=f"sqlite:///{folder / 'lore.db'}"),
        instances=(InstanceSettings(name="work", url="http://127.0.0.1:1", token_env="WORK_TOKEN"),),
    )


def test_everything_can_be_built(tmp_path: Path) -> None:
    surroundings = Surroundings(environ={"WORK_TOKEN": "glpat-0123456789abcdefghij"}, progress=MemoryProgress())
    with open_container(settings_in(tmp_path), surroundings) as container:
        container.check_dependencies()
        for name, provider in Container.providers.items():
            if not isinstance(provider, providers.Dependency):
                assert getattr(container, name)() is not None


@pytest.mark.requirement("cli:token-never-shown")
def test_no_token_is_in_the_representation_of_what_holds_it() -> None:
    surroundings = Surroundings(environ={"WORK_TOKEN": "glpat-0123456789abcdefghij"}, progress=MemoryProgress())
    assert "glpat" not in repr(surroundings)


def test_what_is_late_says_where_it_is() -> None:
    assert "application.sync.standard:StandardSync" in repr(Late("application.sync.standard:StandardSync"))
