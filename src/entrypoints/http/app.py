"""The application: routes, errors in the one shape, and a container that is open as long as the server runs."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractContextManager, asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.errors import LoreError, NotFound, UsageError
from entrypoints.container import Container
from entrypoints.fault_log import unexpected
from entrypoints.http.answers import failure
from entrypoints.http.hosts import HostCheck
from entrypoints.http.routes import router
from entrypoints.program_version import program_version

_NOT_FOUND = 404


def create_app(
    opened: Callable[[], AbstractContextManager[Container]],
    *,
    allowed_hosts: Collection[str] = (),
    any_address: bool = False,
) -> FastAPI:
    """`allowed_hosts` are names, besides this machine's own, under which it may be asked; `any_address`: every IP."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, Container]]:
        with opened() as container:
            yield {"container": container}

    app = FastAPI(
        title="lore",
        version=program_version(),
        description="Everything your GitLab ever knew. Read-only; answers as `lore --json` gives them.",
        lifespan=lifespan,
        docs_url=None,  # both pages would load their scripts from elsewhere
        redoc_url=None,
    )
    app.include_router(router)
    app.add_middleware(HostCheck, allowed=allowed_hosts, any_address=any_address)
    app.add_exception_handler(Exception, _tell_fault)
    app.exception_handler(LoreError)(_tell)
    app.exception_handler(RequestValidationError)(_tell_what_is_wrong)
    app.exception_handler(HTTPException)(_tell_no_such_thing)
    return app


async def _tell(_request: Request, error: LoreError) -> Response:
    return failure(error)


async def _tell_what_is_wrong(_request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    name = str(first["loc"][-1])
    told = UsageError(
        f"{name}: {first['msg']}.", suggestion="/openapi.json tells every parameter.", details={"parameter": name}
    )
    return failure(told)


async def _tell_no_such_thing(_request: Request, error: HTTPException) -> Response:
    if error.status_code == _NOT_FOUND:
        return failure(NotFound("There is no such address.", suggestion="/openapi.json lists them."))
    return failure(UsageError("Only reading (GET) is possible here."), status=error.status_code)


async def _tell_fault(_request: Request, error: Exception) -> Response:
    return failure(unexpected(error, ()))
