"""What a surgical sync is asked for: one project's targets, or a refusal (sync.md section 2).

All of it is decided before any request, so that a token never goes to a host that is not configured. A refusal is a
`UsageError` whose `details` name the offending `target` and the `reason`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from domain.addresses import (
    Address,
    Site,
    canonical_url,
    read_address,
    read_iid,
    read_item,
    read_project_path,
    read_site,
    same_path,
    sites_of,
)
from domain.errors import ConfigInvalid, UsageError
from domain.refs import EntityKind
from domain.safe_text import single_line

MAX_TARGETS = 100
_SHOWN_CHARS = 200
_QUERY_OR_ANCHOR = re.compile(r"\?|(?<=.)#")
_WEB = re.compile(r"https?://", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredInstance:
    """A GitLab of the configuration; what it is known to hold tells instances apart where only a path is given."""

    name: str
    base_url: str
    projects: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        return any(same_path(path, project) for project in self.projects) or any(
            same_path(path[: len(group) + 1], f"{group}/") for group in self.groups
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgicalArguments:
    """The command as typed: iids and addresses by the option they came with; `urls` are bare arguments."""

    issues: tuple[str, ...] = ()
    merge_requests: tuple[str, ...] = ()
    issue_urls: tuple[str, ...] = ()
    merge_request_urls: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    project: str | None = None
    """`-p`: a full path, or the address of a project."""
    default_project: str | None = None
    """What iids without `-p` belong to: the checkout's or the configured project."""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    kind: EntityKind
    iid: int

    @property
    def short(self) -> str:
        """GitLab's short reference, `#12` or `!7`."""
        return f"{self.kind.sigil}{self.iid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgicalPlan:
    """The one project and its targets, each once, in the order given."""

    instance: str
    base_url: str
    project_path: str
    targets: tuple[Target, ...]

    def url(self, target: Target) -> str:
        return canonical_url(read_site(self.base_url), self.project_path, target.kind, target.iid)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A project as named somewhere, and the instances it may be meant on."""

    shown: str
    path: str
    instances: tuple[ConfiguredInstance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """One target as named; a bare iid names no place."""

    shown: str
    target: Target
    place: _Place | None = None


class _Instances:
    """The configured instances, looked up by address."""

    def __init__(self, instances: Sequence[ConfiguredInstance]) -> None:
        self.all = tuple(instances)
        self._sites = {instance.name: _site_of(instance) for instance in instances}

    def owning(self, address: Address, shown: str) -> tuple[Site, tuple[ConfiguredInstance, ...]]:
        """The site that the address lies in and the instances there; a foreign address is refused."""
        owning = sites_of(address, tuple(self._sites.values()))
        if not owning:
            self._refuse_foreign(address, shown)
        return owning[0], tuple(each for each in self.all if self._sites[each.name] == owning[0])

    def _refuse_foreign(self, address: Address, shown: str) -> NoReturn:
        sites = self._sites.values()
        reason = f"{address.site} is no configured GitLab, so nothing is sent there"
        if any(site.host == address.site.host for site in sites):
            reason = "scheme, port or root path differ from the configured GitLab on that host"
        known = ", ".join(str(site) for site in sites) or "none"
        _refuse(shown, reason, f"Configured: {known}. `lore init` adds an instance.")


def surgical_plan(arguments: SurgicalArguments, instances: Sequence[ConfiguredInstance]) -> SurgicalPlan:
    """What to fetch and from where, or the refusal of the first target that cannot be meant."""
    book = _Instances(instances)
    named = (*_iids(arguments), *_addressed(arguments, book))
    if not named:
        raise UsageError(
            "No issue or merge request is named.", suggestion="Name one: `lore sync --issue 123 -p group/project`."
        )
    place = _common_place(named, _given_place(arguments, named, book))
    instance = _one_instance(place)
    return SurgicalPlan(
        instance=instance.name, base_url=instance.base_url, project_path=place.path, targets=_distinct(named)
    )


def _iids(arguments: SurgicalArguments) -> Iterator[_Named]:
    for kind, option, texts in (
        (EntityKind.ISSUE, "--issue", arguments.issues),
        (EntityKind.MERGE_REQUEST, "--mr", arguments.merge_requests),
    ):
        for text in texts:
            shown = f"{option} {_shown(text)}"
            try:
                iid = read_iid(text.strip().removeprefix(kind.sigil))
            except UsageError as error:
                _refuse(shown, error.message, f"{option} takes the number of one item, {option}-url its address.")
            yield _Named(shown=shown, target=Target(kind, iid))


def _addressed(arguments: SurgicalArguments, book: _Instances) -> Iterator[_Named]:
    for kind, texts in (
        (EntityKind.ISSUE, arguments.issue_urls),
        (EntityKind.MERGE_REQUEST, arguments.merge_request_urls),
        (None, arguments.urls),
    ):
        for text in texts:
            named = _at_address(text, book)
            if kind not in {None, named.target.kind}:
                _refuse(
                    named.shown, f"it shows {named.target.short}, which is another kind of item than the option says"
                )
            yield named


def _at_address(text: str, book: _Instances) -> _Named:
    shown = _shown(text)
    try:
        address = read_address(text)
        site, instances = book.owning(address, shown)
        item = read_item(address, site)
    except UsageError as error:
        if error.details:
            raise
        _refuse(shown, error.message, "Give an address such as https://gitlab.example.com/group/project/-/issues/123.")
    place = _Place(shown=shown, path=item.project_path, instances=instances)
    return _Named(shown=shown, target=Target(item.kind, item.iid), place=place)


def _given_place(arguments: SurgicalArguments, named: Sequence[_Named], book: _Instances) -> _Place | None:
    """The project that was named apart from the targets; the default counts only for targets that have no other."""
    if arguments.project is not None:
        return _read_place(arguments.project, f"-p {_shown(arguments.project)}", book)
    without_place = next((each for each in named if each.place is None), None)
    if without_place is None:
        return None
    if arguments.default_project is None:
        _refuse(without_place.shown, "no project is named", "Add `-p group/project`, or give the address of the item.")
    return _read_place(arguments.default_project, f"the default project {_shown(arguments.default_project)}", book)


def _read_place(text: str, shown: str, book: _Instances) -> _Place:
    try:
        if not _WEB.match(text):
            return _Place(shown=shown, path=read_project_path(text), instances=book.all)
        address = read_address(text)
        site, instances = book.owning(address, shown)
        path = read_project_path("/".join(address.segments[len(site.root) :]))
    except UsageError as error:
        if error.details:
            raise
        _refuse(shown, error.message, "Give the full path, such as `-p group/project`.")
    return _Place(shown=shown, path=path, instances=instances)


def _common_place(named: Sequence[_Named], given: _Place | None) -> _Place:
    """The one project of all targets, spelled as an address spells it, on the instances that all of them allow."""
    places = [each.place for each in named if each.place is not None]
    first = given or places[0]
    common = first.instances
    for place in places:
        common = tuple(instance for instance in common if instance in place.instances)
        if not same_path(place.path, first.path) or not common:
            _refuse(
                place.shown,
                f"its project is not that of {first.shown}",
                "One command takes items of one project; use one command for each project.",
            )
    return _Place(shown=first.shown, path=(places or [first])[0].path, instances=common)


def _one_instance(place: _Place) -> ConfiguredInstance:
    if not place.instances:
        raise ConfigInvalid("No GitLab instance is configured.", suggestion="Add one.", actions=["lore init"])
    likely = [instance for instance in place.instances if instance.holds(place.path)] or place.instances
    if len(likely) > 1:
        names = ", ".join(instance.name for instance in likely)
        _refuse(
            place.shown,
            f"it may be on several instances: {names}",
            "Give the item's address, or list the project under one instance in the configuration.",
        )
    return likely[0]


def _distinct(named: Sequence[_Named]) -> tuple[Target, ...]:
    shown = {each.target: each.shown for each in reversed(named)}
    targets = tuple(dict.fromkeys(each.target for each in named))
    if len(targets) > MAX_TARGETS:
        _refuse(
            shown[targets[MAX_TARGETS]],
            f"it is one too many: {len(targets)} targets, and one run takes at most {MAX_TARGETS}",
            "Split them over several commands, or sync the whole project.",
        )
    return targets


def _site_of(instance: ConfiguredInstance) -> Site:
    try:
        return read_site(instance.base_url)
    except UsageError as error:
        raise ConfigInvalid(f"The url of instance {instance.name} is not usable: {error.message}.") from error


def _shown(text: str) -> str:
    """The text as an error may repeat it: on one line, without what stands before a host or in a query (tokens)."""
    plain = _QUERY_OR_ANCHOR.split(text.strip(), maxsplit=1)[0]
    before_host, at, rest = plain.rpartition("@")
    if at:
        scheme = _WEB.match(before_host)
        plain = f"{scheme[0] if scheme else ''}***@{rest}"
    return single_line(plain[:_SHOWN_CHARS])


def _refuse(shown: str, reason: str, suggestion: str = "") -> NoReturn:
    raise UsageError(f"{shown}: {reason}.", suggestion=suggestion, details={"target": shown, "reason": reason})
