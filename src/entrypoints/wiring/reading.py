"""Lists, single items and how fresh they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrypoints.late import Late
from entrypoints.quick_injector import providers
from entrypoints.wiring.store import Store
from entrypoints.wiring.system import System

if TYPE_CHECKING:
    from application.reading.freshness import TellFreshness
    from application.reading.list_items import ListItems
    from application.reading.list_notes import ListNotes
    from application.reading.project_choice import ChooseProjects
    from application.reading.show_item import ShowItem


class Reading(Store):
    choose_projects: providers.Factory[ChooseProjects] = providers.Factory(
        Late("application.reading.project_choice:ChooseProjects"), items=Store.items
    )
    tell_freshness: providers.Factory[TellFreshness] = providers.Factory(
        Late("application.reading.freshness:TellFreshness"), ledger=Store.ledger, clock=System.clock
    )
    list_items: providers.Factory[ListItems] = providers.Factory(
        Late("application.reading.list_items:ListItems"),
        items=Store.items,
        choose_projects=choose_projects,
        tell_freshness=tell_freshness,
    )
    show_item: providers.Factory[ShowItem] = providers.Factory(
        Late("application.reading.show_item:ShowItem"),
        items=Store.items,
        choose_projects=choose_projects,
        tell_freshness=tell_freshness,
    )
    list_notes: providers.Factory[ListNotes] = providers.Factory(
        Late("application.reading.list_notes:ListNotes"),
        notes=Store.notes,
        choose_projects=choose_projects,
        tell_freshness=tell_freshness,
    )
