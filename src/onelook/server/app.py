"""`build_app`: the HTTP application that serves loaded models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI

from onelook import __version__
from onelook.commands.serve import ServeLimits
from onelook.server.answers import errors
from onelook.server.bodies import Bodies
from onelook.server.counters import Counters, CountRequests
from onelook.server.problems import answer_with_problems
from onelook.server.routes import Serving, check_token, for_clients, for_everybody
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
        telemetry={"auto_configure": True},  # by the usual variables, where somebody has set them
    )
    app.state.serving = Serving(
        models=served,
        limits=limits,
        bodies=Bodies(limits),
        counters=counters,
        reject_below=reject_below,
        token=token,
    )
    answer_with_problems(app)
    app.add_middleware(CountRequests, counters=counters)
    app.include_router(for_everybody)
    # Without a token, the description of the API does not ask for one either.
    with_token: Any = {"dependencies": [Depends(check_token)], "responses": errors(401)} if token else {}
    app.include_router(for_clients, **with_token)
    return app
