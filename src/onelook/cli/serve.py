"""`onelook serve`."""

from __future__ import annotations

import socket
from functools import partial
from importlib import import_module
from typing import Annotated

import typer

from onelook.cli.options import CropToContent, Debug, Invert, Quiet, RejectBelow, number_option
from onelook.cli.output.printer import Printer
from onelook.errors import ConfigError, missing_extra
from onelook.wording import listed

Host = Annotated[
    str,
    typer.Option("--host", metavar="ADDRESS", help="The address to listen on. 0.0.0.0 lets other machines connect."),
]
Port = Annotated[
    int,
    number_option(
        "--port",
        expected="a port from 0 to 65535, such as 8000; 0 picks a free one",
        low=0,
        high=65535,
        metavar="N",
        help="The port; 0 picks a free one.",
    ),
]


Models = Annotated[
    list[str],
    typer.Argument(
        metavar="MODEL...",
        help="A run folder, its model/, or a .zip of it; several under their own names, or as NAME=MODEL.",
        show_default=False,
    ),
]
Token = Annotated[
    str,
    typer.Option(
        "--token",
        metavar="TEXT",
        envvar="ONELOOK_TOKEN",
        help="Clients have to send it, as 'Authorization: Bearer TEXT'.",
        show_default=False,
    ),
]


def serve(
    models: Models,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    *,
    reject_below: RejectBelow = 0.0,
    invert: Invert = None,
    crop_to_content: CropToContent = None,
    token: Token = "",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Serve one model or several: an HTTP API and a web page.

    Send pictures by POST to /v1/predict, in the multipart field "files", or drop them on the page. The first model
    answers there, each one at /v1/models/NAME/predict. A model that is written anew is loaded again. It needs no torch.

    Examples:
    $ onelook serve runs/photos-001
    $ curl -F files=@cat.jpg http://127.0.0.1:8000/v1/predict
    """
    try:
        import python_multipart  # noqa: F401 - checked here, because the framework would notice only later
        import uvicorn

        # `server` and `cli` may not import each other, so the modules are loaded by name.
        build_app = import_module("onelook.server.app").build_app
        served = import_module("onelook.server.served_models")
        heads = import_module("onelook.server.heads")
    except ImportError as error:
        raise missing_extra(error.name or "uvicorn", "serve", "onelook serve") from error
    from onelook.commands.decoding_flags import DecodingFlags
    from onelook.commands.serve import load_for_serving
    from onelook.evaluation.predictions import check_threshold

    say = Printer(quiet=quiet)
    flags = DecodingFlags(invert, crop_to_content)
    sources = []
    for name, path in served.named_paths(models).items():
        load = partial(load_for_serving, path, flags)
        sources.append(served.Source(name, load(), path, load))
    app = build_app(sources, reject_below=check_threshold(reject_below), token=token)
    with listening(host, port) as listener:
        address, free_port = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        say(f"serving {listed(models)} at http://{shown}:{free_port} (Ctrl-C ends it)")
        log_level = "warning" if quiet else "info"
        config = uvicorn.Config(app, http=heads.LimitedHeads, log_level=log_level, access_log=not quiet)
        uvicorn.Server(config).run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """Return a TCP socket that takes connections, so that its address can be opened when it is printed.

    It is bound here, so that our own message reports a port that is in use.
    """
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # TCP is named: asyncio turns Nagle's algorithm off only where it is. That algorithm holds an answer's body
        # back until the client has acknowledged its headers, which on a connection that is kept open takes 40 ms.
        listener = socket.socket(family, kind, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()  # who connects before the server runs waits for it
        except BaseException:
            listener.close()
            raise
    except OSError as problem:
        raise ConfigError(
            f"cannot listen on {host}, port {port}: {problem}. Try another --port or --host."
        ) from problem
    return listener
