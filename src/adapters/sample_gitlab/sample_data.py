"""The built-in sample: a world with the projects of a small product, told in `story/`."""

from adapters.sample_gitlab.model import Token
from adapters.sample_gitlab.story.schedule import play
from adapters.sample_gitlab.story.stage import Stage
from adapters.sample_gitlab.story.stories import items
from adapters.sample_gitlab.times import MILLISECOND, microseconds
from adapters.sample_gitlab.world import World

SAMPLE_TOKEN = "glpat-sample-of-orchard"  # noqa: S105 - of a server that exists on loopback only
ME = "alice"
START = "2025-02-03T08:12:31.417Z"
PEOPLE = {
    ME: "Alice Moreau",
    "bo": "Bo Lindgren",
    "chidi": "Chidi Okafor",
    "daria": "Daria Kowalczyk",
    "emeka": "Emeka Nwosu",
    "farah": "Farah Haddad",
    "haruka": "Haruka Sato / 佐藤春香",
    "kenji": "Kenji Mori / 森健二",
    "press-bot": "Press Bot",
}
LABELS = {
    "bug": ("#d9534f", "It does not do what it should"),
    "feature": ("#428bca", "It should do something new"),
    "queue": ("#6699cc", "Jobs, leases, retries"),
    "drivers": ("#8fbc8f", "Printers and their languages"),
    "rendering": ("#9400d3", "From template and fields to dots"),
    "api": ("#00b140", None),
    "operations": ("#cd5b45", "Running it in the halls"),
    "security": ("#c21e56", None),
    "performance": ("#eee600", None),
    "i18n": ("#36454f", "Languages, encodings, fonts"),
    "needs-decision": ("#ed9121", "Somebody has to say which way"),
    "good first issue": ("#009966", None),
}
PROJECTS = {"press": "orchard/press", "docs": "orchard/docs", "labelwriter": "orchard/tools/labelwriter"}


def sample_world() -> World:
    """Always the same to the last id and millisecond; where the story ends, the real clock takes over."""
    world = World()
    world.now_ms = microseconds(START) // MILLISECOND
    for username, name in PEOPLE.items():
        world.add_user(username, name)
    world.add_token(Token(text=SAMPLE_TOKEN, username=ME))
    stage = Stage(world, {short: world.add_project(path) for short, path in PROJECTS.items()})
    for name, (color, description) in LABELS.items():
        world.define_label(stage.projects["press"], name, color, description)
    play(stage, items(), start=START)
    world.clock.run_freely()
    return world
