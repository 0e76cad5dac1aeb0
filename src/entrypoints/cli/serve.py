"""`lore serve`."""

from contextlib import nullcontext
from typing import Annotated

import typer

from entrypoints.cli import panels
from entrypoints.cli.invocation import invocation, opened
from entrypoints.cli.output import answer
from entrypoints.cli.tree import command


def add_to(root: typer.Typer) -> None:
    @command(
        root,
        "serve",
        examples=["lore serve", "lore serve --port 8080", "curl http://127.0.0.1:7373/api/v1/issues?state=opened"],
        panel=panels.READ,
    )
    def serve(
        ctx: typer.Context,
        host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
        port: Annotated[int, typer.Option("--port", help="0: any free one.", min=0, max=65_535)] = 7373,
        allow_remote: Annotated[
            bool, typer.Option("--allow-remote", help="Let other machines read all that is in the store.")
        ] = False,
        allowed_host: Annotated[
            list[str] | None, typer.Option("--allowed-host", help="A name others may call it by.", metavar="NAME")
        ] = None,
    ) -> None:
        """Answer over HTTP as the commands do: read-only JSON, on this machine only, until you press Ctrl-C.

        /openapi.json lists what can be asked.
        """
        from entrypoints.http.app import create_app
        from entrypoints.http.serving import listening_socket
        from entrypoints.http.serving import serve as run_server

        run = invocation(ctx)
        listener = listening_socket(host, port, allow_remote=allow_remote)

        def ready(address: str) -> None:
            words = f"Listening on {address}; Ctrl-C ends it."
            answer(ctx, {"url": address, "openapi": f"{address}/openapi.json"}, lambda screen: screen.line(words))
            run.stdout.flush()

        with opened(ctx) as box:
            box.store()  # what is wrong with it is told here, and not to the first who asks
            app = create_app(lambda: nullcontext(box), allowed_hosts=allowed_host or (), any_address=allow_remote)
            run_server(app, listener, ready)
