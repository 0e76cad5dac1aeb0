"""When `lore` speaks JSON (spec/cli.md, Robot mode)."""

from collections.abc import Mapping, Sequence

from domain.errors import ConfigInvalid

VARIABLE = "LORE_ROBOT"
_ON = {"1", "true", "yes", "on"}
_OFF = {"0", "false", "no", "off"}
FLAGS = {"--robot": True, "-J": True, "--json": True, "--no-robot": False}
_HUMAN_WITHOUT_TERMINAL = {"completions", "demo"}


def typed_flag(arguments: Sequence[str]) -> bool | None:
    """What the arguments say, as far as can be told before they are parsed: the last flag counts."""
    said = None
    for argument in arguments:
        if argument == "--":
            break
        said = FLAGS.get(argument, said)
    return said


def is_robot(flag: bool | None, environ: Mapping[str, str], *, terminal: bool, command: str | None = None) -> bool:
    """The flag, else the variable, else whether standard output is no terminal."""
    if flag is not None:
        return flag
    said = environ.get(VARIABLE, "").strip().casefold()
    if said in _ON:
        return True
    if said in _OFF:
        return False
    if said:
        raise ConfigInvalid(
            f"environment: {VARIABLE} is neither on nor off.",
            suggestion="It takes 1 or 0.",
            details={"source": "environment", "key": VARIABLE, "expected": "1 or 0"},
        )
    return not terminal and command not in _HUMAN_WITHOUT_TERMINAL
