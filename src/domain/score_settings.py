"""Weights of the expert score as people write them: `authored=25/180` is 25 points with a half-life of 180 days."""

import re
from collections.abc import Iterable
from dataclasses import replace

from domain.errors import UsageError
from domain.expertise import ContributionKind, ScoreRules, Weight

_WRITTEN = re.compile(r"^(?P<kind>[a-z_]+)=(?P<points>\d+(?:\.\d+)?)(?:/(?P<days>\d+(?:\.\d+)?))?$")
_SHARES = ("nearby", "unmerged")


def score_rules(written: Iterable[str], excluded: Iterable[str] = ()) -> ScoreRules:
    """The default rules with what is written put into them: a kind's weight, or the share `unmerged` or `nearby`."""
    rules = replace(ScoreRules(), excluded=frozenset(name.removeprefix("@") for name in excluded))
    for text in written:
        rules = _with(rules, text)
    return rules


def _with(rules: ScoreRules, text: str) -> ScoreRules:
    found = _WRITTEN.match(text.strip())
    kinds = {kind.value: kind for kind in ContributionKind}
    if found is None or found["kind"] not in {*kinds, *_SHARES}:
        known = ", ".join((*kinds, *_SHARES))
        raise UsageError(
            f"{text!r} is no weight.",
            suggestion=f"Give NAME=POINTS or NAME=POINTS/HALF_LIFE_DAYS, such as authored=25/180; names are {known}.",
        )
    points = float(found["points"])
    if found["kind"] == "unmerged":
        return replace(rules, unmerged=points)
    if found["kind"] == "nearby":
        return replace(rules, nearby=points)
    old = rules.weights[kinds[found["kind"]]]
    days = old.half_life_days if found["days"] is None else float(found["days"])
    if days <= 0:
        raise UsageError(f"{text!r}: a half-life has to be longer than 0 days.")
    return replace(rules, weights={**rules.weights, kinds[found["kind"]]: Weight(points=points, half_life_days=days)})
