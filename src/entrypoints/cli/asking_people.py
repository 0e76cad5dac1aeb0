"""Asking for people, and answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from domain.errors import UsageError
from entrypoints.cli.asking import duration, moment
from entrypoints.cli.asking_provenance import asked, opened_provenance, view
from entrypoints.cli.invocation import invocation
from entrypoints.cli.output import answer, answer_list

if TYPE_CHECKING:
    from application.provenance.whereabouts import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoOptions:
    """What was typed about the ranking of experts."""

    explain: bool
    as_of: str | None
    exclude: Sequence[str]
    weights: Sequence[str]


class PeopleAnswers:
    """One question each, with the options that all of them share."""

    def __init__(
        self, ctx: typer.Context, *, project: str | None, since: str | None, limit: int, require_fresh: str | None
    ) -> None:
        self._ctx = ctx
        self._project = project
        self._since = since
        self._limit = limit
        self._require_fresh = require_fresh

    def experts(self, path: str, options: WhoOptions) -> None:
        from application.people.find_experts import ExpertsOn
        from domain.score_settings import score_rules

        configured = invocation(self._ctx).settings().who
        rules = score_rules((*configured.weights, *options.weights), (*configured.exclude, *options.exclude))
        with opened_provenance(self._ctx) as box:
            now = box.clock().now_ms()
            found = box.find_experts()(
                ExpertsOn(
                    asked=self._asked(path),
                    rules=rules,
                    as_of=moment(options.as_of, now=now, end_of_day=True),
                    since=moment(self._since, now=now),
                    explain=options.explain,
                    limit=self._limit,
                )
            )
        meta = {"mode": "expert", "total": found.total, "freshness": found.freshness}
        answer(self._ctx, found.experts, view("experts_view:show_experts", found), meta=meta)

    def overlap(self, path: str) -> None:
        from application.people.find_overlap import OverlapOn

        with opened_provenance(self._ctx) as box:
            since = moment(self._since, now=box.clock().now_ms())
            found = box.find_overlap()(OverlapOn(asked=self._asked(path), since=since, limit=self._limit))
        meta = {"mode": "overlap", "total": found.total, "freshness": found.freshness}
        answer(self._ctx, found.overlap, view("overlap_view:show_overlap", found), meta=meta)

    def workload(self, username: str) -> None:
        from application.people.show_workload import WorkloadOf

        with opened_provenance(self._ctx) as box:
            found = box.show_workload()(
                WorkloadOf(
                    username=username,
                    projects=self._projects(),
                    limit=self._limit,
                    require_fresh_ms=duration(self._require_fresh),
                )
            )
        meta = {"mode": "workload", "freshness": found.freshness}
        answer(self._ctx, found.workload, view("workload_view:show_workload", found), meta=meta)

    def reviews(self, username: str) -> None:
        from application.people.show_reviews import ReviewsBy

        with opened_provenance(self._ctx) as box:
            found = box.show_reviews()(
                ReviewsBy(
                    username=username,
                    projects=self._projects(),
                    since=moment(self._since, now=box.clock().now_ms()),
                    limit=self._limit,
                    require_fresh_ms=duration(self._require_fresh),
                )
            )
        meta = {
            "mode": "reviews",
            "total_spoken_on": found.total_spoken_on,
            "total_asked": found.total_asked,
            "freshness": found.freshness,
        }
        answer(self._ctx, found.reviews, view("reviews_view:show_reviews", found), meta=meta)

    def active(self) -> None:
        from application.people.find_active_threads import ActiveThreadsSince

        with opened_provenance(self._ctx) as box:
            found = box.find_active_threads()(
                ActiveThreadsSince(
                    projects=self._projects(),
                    since=moment(self._since, now=box.clock().now_ms()),
                    limit=self._limit,
                    require_fresh_ms=duration(self._require_fresh),
                )
            )
        answer_list(
            self._ctx,
            found.threads,
            view("active_view:show_active", found),
            total=len(found.threads),
            meta={"mode": "active", "since_at": found.since_at, "freshness": found.freshness},
        )

    def my_work(self, user: str | None, *, reset_cursor: bool) -> None:
        """The cursor moves only once everything was shown: what raises on the way leaves it where it was."""
        from application.people.show_my_work import MyWork

        username = user or self._configured_user()
        with opened_provenance(self._ctx) as box:
            found = box.show_my_work()(
                MyWork(
                    username=username,
                    projects=self._projects(),
                    since=moment(self._since, now=box.clock().now_ms()),
                    limit=self._limit,
                    require_fresh_ms=duration(self._require_fresh),
                )
            )
            answer(
                self._ctx,
                found.desk,
                view("desk_view:show_desk", found),
                meta={"cursor_reset": reset_cursor, "freshness": found.freshness},
            )
            if reset_cursor:
                box.looked_at().reset(found.desk.username)
            elif found.seen_until is not None:
                box.looked_at().move(found.desk.username, found.seen_until)

    def _asked(self, path: str) -> Asked:
        return asked(self._ctx, path, self._project, self._require_fresh)

    def _projects(self) -> tuple[str, ...]:
        return (self._project,) if self._project else ()

    def _configured_user(self) -> str:
        names = [one.username for one in invocation(self._ctx).settings().instances if one.username]
        if not names:
            raise UsageError(
                "It is not known who you are.",
                suggestion="Set `username` in [[instances]], or give --user; `lore auth` shows whose the token is.",
                actions=("lore auth",),
            )
        return names[0]
