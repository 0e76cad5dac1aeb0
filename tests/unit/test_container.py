"""The wiring is data, which mypy does not check; these tests do."""

import inspect
import typing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from entrypoints.container import Container, Surroundings, open_container
from entrypoints.quick_injector import providers
from entrypoints.settings import InstanceSettings, Settings, StorageSettings

LAZY = {"Engine": Engine}
"""What builders name in their annotations and import only when they build."""
BUILT = [
    pytest.param(provider, id=name)
    for name, provider in Container.providers.items()
    if isinstance(provider, providers.Factory | providers.BaseSingleton)
]


def built_by(provider: object) -> typing.Callable[..., object]:
    assert isinstance(provider, providers.Factory | providers.BaseSingleton)
    assert provider.provides is not None
    return provider.provides


def given_by(provider: providers.Provider[object]) -> object:
    if isinstance(provider, providers.Dependency):
        return provider.instance_of
    builder = built_by(provider)
    return builder if inspect.isclass(builder) else typing.get_type_hints(builder, localns=LAZY)["return"]


@pytest.mark.parametrize("provider", BUILT)
def test_each_provider_is_given_what_its_signature_asks(provider: providers.Factory[object]) -> None:
    assert list(provider.args) == [], "give dependencies by name, so that this test can check them"
    builder = built_by(provider)
    target: object = vars(builder)["__init__"] if inspect.isclass(builder) else builder
    asked = typing.get_type_hints(target, localns=LAZY)
    asked.pop("return")
    assert {name: given_by(dependency) for name, dependency in provider.kwargs.items()} == asked


def settings_in(folder: Path) -> Settings:
    return Settings(
        config_file=folder / "config.toml",
        config_exists=True,
        data_folder=folder,
        storage=StorageSettings(database_url=f"sqlite:///{folder / 'lore.db'}"),
        instances=(InstanceSettings(name="work", url="http://127.0.0.1:1", token_env="WORK_TOKEN"),),
    )


def test_everything_can_be_built(tmp_path: Path) -> None:
    surroundings = Surroundings(environ={"WORK_TOKEN": "glpat-0123456789abcdefghij"})
    with open_container(settings_in(tmp_path), surroundings) as container:
        container.check_dependencies()
        for name, provider in Container.providers.items():
            if not isinstance(provider, providers.Dependency):
                assert getattr(container, name)() is not None


@pytest.mark.requirement("cli:token-never-shown")
def test_no_token_is_in_the_representation_of_what_holds_it() -> None:
    assert "glpat" not in repr(Surroundings(environ={"WORK_TOKEN": "glpat-0123456789abcdefghij"}))
