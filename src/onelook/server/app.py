"""`build_app`: the HTTP application that serves loaded models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.resources import files as package_files
from typing import TYPE_CHECKING

from fastapi import FastAPI

from onelook import __version__
from onelook.commands.serve import ServeLimits
from onelook.server.bodies import Bodies
from onelook.server.counters import Counters, CountRequests
from onelook.server.problems import answer_with_problems
from onelook.server.routes import Serving, open_to_all, with_token
from onelook.server.served_models import ServedModels, Source

if TYPE_CHECKING:
    from onelook.classifier import Classifier


def build_app(
    models: Classifier | Sequence[Source],
    limits: ServeLimits | None = None,
    *,
    reject_below: float = 0.0,
    token: str = "",
) -> FastAPI:
    """Return the HTTP application that serves loaded models.

    Args:
        models: one model, or several by name, of which the first answers where a request names none.
        limits: of a request and of all that wait; by default those of `ServeLimits`.
        reject_below: less probable answers are marked as not sure, where a request names no other threshold.
        token: a client has to send it to ask anything of a model; empty where everybody may ask.
    """
    limits = ServeLimits() if limits is None else limits
    counters = Counters()
    sources = list(models) if isinstance(models, Sequence) else [Source("model", models)]
    served = ServedModels(sources, limits, counters)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(served.watch())
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        served.close()

    # The framework's own pages load their script from another server; our page works offline.
    app = FastAPI(
        title="onelook",
        version=__version__,
        description="The class of a picture.",
        docs_url=None,
        redoc_url=None,
        lifespan=running,
    )
    app.state.serving = Serving(
        models=served,
        limits=limits,
        bodies=Bodies(limits),
        counters=counters,
        reject_below=reject_below,
        token=token,
        page=(package_files("onelook.server") / "page.html").read_text(encoding="utf-8"),
    )
    answer_with_problems(app)
    app.add_middleware(CountRequests, counters=counters)
    app.include_router(open_to_all)
    app.include_router(with_token)
    return app
