"""`onelook serve`."""

from __future__ import annotations

import socket
from importlib import import_module
from typing import Annotated

import typer

from onelook.cli.options import CropToContent, Debug, Invert, Model, Quiet, RejectBelow, number_option
from onelook.cli.output.printer import Printer
from onelook.errors import ConfigError, missing_extra

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


def serve(
    model: Model,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    *,
    reject_below: RejectBelow = 0.0,
    invert: Invert = None,
    crop_to_content: CropToContent = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Serve a model: an HTTP API and a web page.

    Send pictures by POST to /v1/predict, in the multipart field "files", or drop them on the page. It needs no torch.

    Examples:
    $ onelook serve runs/photos-001
    $ curl -F files=@cat.jpg http://127.0.0.1:8000/v1/predict
    """
    try:
        import python_multipart  # noqa: F401 - checked here, because the framework would notice only later
        import uvicorn

        # `server` and `cli` may not import each other, so the module is loaded by name.
        build_app = import_module("onelook.server.app").build_app
    except ImportError as error:
        raise missing_extra(error.name or "uvicorn", "serve", "onelook serve") from error
    from onelook.classifier import load
    from onelook.commands.decoding_flags import DecodingFlags
    from onelook.evaluation.predictions import check_threshold

    say = Printer(quiet=quiet)
    classifier = DecodingFlags(invert, crop_to_content).applied_to(load(model))
    app = build_app(classifier, reject_below=check_threshold(reject_below))
    with listening(host, port) as listener:
        address, free_port = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        say(f"serving {model} at http://{shown}:{free_port} (Ctrl-C ends it)")
        config = uvicorn.Config(app, log_level="warning" if quiet else "info", access_log=not quiet)
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
