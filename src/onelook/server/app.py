"""The application: routes in, one call into `commands.serve`, JSON out."""

from __future__ import annotations

import time
from importlib.resources import files as package_files
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, File, HTTPException, Response, UploadFile
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel

from onelook import __version__
from onelook.commands.serve import PictureService, ServeLimits, Upload
from onelook.server.counters import CONTENT_TYPE, CountRequests, Metrics
from onelook.server.limits import LimitBody
from onelook.server.problems import MEDIA_TYPE, Problem, answer_with_problems
from onelook.wording import counted

if TYPE_CHECKING:
    from onelook.classifier import Classifier

# The page is one file with its own script and style, and shows pictures that never left the browser.
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
    """What the model says about one picture."""

    class_name: str
    probability: float
    probabilities: dict[str, float]


class Predictions(BaseModel):
    """One prediction a file, in the order of the files."""

    predictions: list[PicturePrediction]


class Status(BaseModel):
    """Whether the server is well."""

    status: str


def build_app(classifier: Classifier, limits: ServeLimits | None = None) -> FastAPI:
    """The HTTP application that serves one loaded model."""
    limits = ServeLimits() if limits is None else limits
    service, metrics = PictureService(classifier), Metrics()
    page = (package_files("onelook.server") / "page.html").read_text(encoding="utf-8")
    # The framework's own pages fetch their script from elsewhere; ours works offline.
    app = FastAPI(
        title="onelook", version=__version__, description="The class of a picture.", docs_url=None, redoc_url=None
    )
    answer_with_problems(app)
    app.add_middleware(LimitBody, limit=limits.body_bytes)
    app.add_middleware(CountRequests, metrics=metrics)  # the last one added stands outermost

    # A plain `def`: the framework runs it in its thread pool, so that a long prediction blocks nobody.
    @app.post("/v1/predict", responses=_ERRORS)
    def predict(files: Annotated[list[UploadFile], File(description="One picture or many.")]) -> Predictions:
        """The class of every picture."""
        if len(files) > limits.files:
            raise HTTPException(
                413, f"{counted(len(files), 'picture')} in one request, at most {limits.files} may be. Send less."
            )
        began = time.perf_counter()
        uploads = [Upload(file.filename or f"file {n}", file.file.read()) for n, file in enumerate(files, 1)]
        found = service.predict(uploads)
        metrics.count_prediction(len(found), time.perf_counter() - began)
        return Predictions(
            predictions=[
                PicturePrediction(
                    class_name=one.class_name, probability=one.probability, probabilities=dict(one.probabilities)
                )
                for one in found
            ]
        )

    @app.get("/v1/model")
    def model() -> dict[str, object]:
        """What the model is: classes, input, training, metrics."""
        return service.about()

    @app.get("/healthz")
    def healthz() -> Status:
        """Answers while the process lives."""
        return Status(status="ok")

    @app.get("/readyz")
    def readyz() -> Status:
        """Answers once pictures can be predicted: the model is loaded before the port opens."""
        return Status(status="ready")

    @app.get("/metrics", response_class=PlainTextResponse)
    def read_metrics() -> Response:
        """Counters for Prometheus."""
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    def index() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": _PAGE_POLICY})

    return app
