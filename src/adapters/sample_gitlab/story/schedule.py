"""When everything in the story happens: items one after the other, their acts interleaved with those of others."""

from collections.abc import Callable, Iterable, Iterator

from adapters.sample_gitlab.rows import Row
from adapters.sample_gitlab.story.acts import perform
from adapters.sample_gitlab.story.stage import Scene, Stage
from adapters.sample_gitlab.times import MILLISECOND, SECOND, microseconds

_MINUTE_US = 60 * SECOND
_HOURS_BETWEEN_ITEMS = (29, 61, 8, 103, 44, 77, 19, 130, 52, 3, 88, 37)
_MINUTES_BETWEEN_ACTS = (23, 95, 7, 310, 1440, 41, 180, 12, 640, 66, 2100, 35, 4, 900)
_ODD_US = 7_919_317  # keeps the times off whole seconds, differently for each

Moment = tuple[int, int, Callable[[], None]]


def play(stage: Stage, specs: Iterable[Row], *, start: str) -> None:
    """Plays all items in the order of time; afterwards the world's clock stands at the last act."""
    for at_us, _, act in sorted(_moments(stage, specs, microseconds(start)), key=lambda moment: moment[:2]):
        stage.world.now_ms = at_us // MILLISECOND
        act()


def _moments(stage: Stage, specs: Iterable[Row], start_us: int) -> Iterator[Moment]:
    item_us, counter = start_us, 0
    for number, spec in enumerate(specs):
        scene = Scene(spec)
        hours = spec.get("after_hours", _HOURS_BETWEEN_ITEMS[number % len(_HOURS_BETWEEN_ITEMS)])
        item_us += hours * 60 * _MINUTE_US + number * _ODD_US
        yield item_us, counter, _making(stage, scene)
        at_us = item_us
        for place, act in enumerate(spec.get("acts", ())):
            at_us += _pause_us(spec, number + place)
            counter += 1
            yield at_us, counter, _acting(stage, scene, act)
        counter += 1


def _pause_us(spec: Row, turn: int) -> int:
    minutes = spec.get("every_minutes", _MINUTES_BETWEEN_ACTS[turn % len(_MINUTES_BETWEEN_ACTS)])
    return int(minutes * _MINUTE_US) + turn * _ODD_US % _MINUTE_US


def _making(stage: Stage, scene: Scene) -> Callable[[], None]:
    return lambda: stage.make(scene)


def _acting(stage: Stage, scene: Scene, act: list[str]) -> Callable[[], None]:
    return lambda: perform(stage, scene, act)
