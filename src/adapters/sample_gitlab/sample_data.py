"""The built-in sample: a world with the projects of a small product."""

from adapters.sample_gitlab.model import Token
from adapters.sample_gitlab.world import World

SAMPLE_TOKEN = "glpat-sample-of-orchard"  # noqa: S105 - of a server that exists on loopback only


def sample_world() -> World:
    world = World()
    for username, name in (("alice", "Alice Moreau"), ("bo", "Bo Lindgren")):
        world.add_user(username, name)
    world.add_token(Token(text=SAMPLE_TOKEN, username="alice"))
    press = world.add_project("orchard/press")
    first = world.create_issue(press, "Lease is lost when the clock jumps", author="bo")
    world.add_note(first, "Seen again today on the staging host.", author="alice")
    world.create_mr(press, "Renew the lease by monotonic time", author="alice", source_branch="lease", closes=[first])
    return world
