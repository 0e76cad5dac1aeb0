"""The routes: each turns its parameters into a use-case's question, and the result into an answer.

They are plain `def`: FastAPI runs them in its threads, and the core they call is synchronous.
"""

from fastapi import APIRouter

from entrypoints.http import item_routes, search_routes, upkeep_routes

router = APIRouter(prefix="/api/v1")
for each in (item_routes, search_routes, upkeep_routes):
    router.include_router(each.router)
