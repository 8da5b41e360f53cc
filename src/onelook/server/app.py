"""The HTTP application: each route makes one call into `commands.serve` and answers in JSON."""

from __future__ import annotations

import time
from importlib.resources import files as package_files
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, File, HTTPException, Query, Response, UploadFile
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel

from onelook import __version__
from onelook.commands.serve import PictureService, ServeLimits, Upload
from onelook.server.counters import CONTENT_TYPE, Counters, CountRequests
from onelook.server.limits import LimitBody
from onelook.server.problems import MEDIA_TYPE, Problem, answer_with_problems
from onelook.wording import counted

if TYPE_CHECKING:
    from onelook.classifier import Classifier

# The page is one file with its own script and style. It shows pictures from the browser itself, not from the server.
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": text, "content": {MEDIA_TYPE: {}}}
    for code, text in {
        413: "Too many pictures, or too many bytes",
        422: "No picture, or one that cannot be read",
    }.items()
}


class PicturePrediction(BaseModel):
    """The model's prediction for one picture."""

    class_name: str
    probability: float
    probabilities: dict[str, float]
    sure: bool  # whether the probability reaches `reject_below`
    unlike: str | None  # how the picture is unlike those that the model learnt from, and what would help


class Predictions(BaseModel):
    """One prediction a file, in the order of the files."""

    predictions: list[PicturePrediction]


class Status(BaseModel):
    """The state of the server."""

    status: str


def build_app(classifier: Classifier, limits: ServeLimits | None = None, *, reject_below: float = 0.0) -> FastAPI:
    """Return the HTTP application that serves one loaded model.

    Args:
        classifier: the model.
        limits: of a request; by default those of `ServeLimits`.
        reject_below: less probable answers are marked as not sure, where a request names no other threshold.
    """
    limits = ServeLimits() if limits is None else limits
    service, counters = PictureService(classifier), Counters()
    page = (package_files("onelook.server") / "page.html").read_text(encoding="utf-8")
    # The framework's own pages load their script from another server; our page works offline.
    app = FastAPI(
        title="onelook", version=__version__, description="The class of a picture.", docs_url=None, redoc_url=None
    )
    answer_with_problems(app)
    app.add_middleware(LimitBody, limit=limits.body_bytes)
    app.add_middleware(CountRequests, counters=counters)  # the last one added is the outermost

    # A plain `def`, because the framework runs it in its thread pool: a long prediction blocks no other request.
    @app.post("/v1/predict", responses=_ERRORS)
    def predict(
        files: Annotated[list[UploadFile], File(description="One picture or many.")],
        reject_below: Annotated[
            float, Query(ge=0, le=1, description="Less probable answers are marked as not sure.")
        ] = reject_below,
    ) -> Predictions:
        """Predict the class of every picture."""
        if len(files) > limits.files:
            raise HTTPException(
                413,
                f"{counted(len(files), 'picture')} in one request, expected at most {limits.files}. Send fewer.",
            )
        began = time.perf_counter()
        uploads = [Upload(file.filename or f"file {n}", file.file.read()) for n, file in enumerate(files, 1)]
        found = service.predict(uploads)
        counters.count_prediction(len(found), time.perf_counter() - began)
        return Predictions(
            predictions=[
                PicturePrediction(
                    class_name=one.class_name,
                    probability=one.probability,
                    probabilities=dict(one.probabilities),
                    sure=one.probability >= reject_below,
                    unlike=one.unlike,
                )
                for one in found
            ]
        )

    @app.get("/v1/model")
    def model() -> dict[str, object]:
        """Describe the model: classes, input, training, metrics."""
        return service.about()

    @app.get("/healthz")
    def healthz() -> Status:
        """Answer while the process is alive."""
        return Status(status="ok")

    @app.get("/readyz")
    def readyz() -> Status:
        """Answer once the server can predict. The model is loaded before the port opens."""
        return Status(status="ready")

    @app.get("/metrics", response_class=PlainTextResponse)
    def read_metrics() -> Response:
        """Return counters for Prometheus."""
        return Response(counters.text(), media_type=CONTENT_TYPE)

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    def index() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": _PAGE_POLICY})

    return app
