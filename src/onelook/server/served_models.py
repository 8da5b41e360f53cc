"""The models that one server answers for: their names, their queues, and the exchange of one that has changed."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.commands.serve import PictureService, ServedHeatMap, ServeLimits, Upload
from onelook.errors import ConfigError, DataError, unknown_name
from onelook.server.batches import Batches
from onelook.server.counters import Counters

if TYPE_CHECKING:
    from onelook.classifier import Classifier, Prediction

# uvicorn prints this one, with the rest of what a server says.
_LOG = logging.getLogger("uvicorn.error")
_SECONDS_BETWEEN_LOOKS = 1.0

_NAME = re.compile(r"[\w.-]+")  # part of an address

Load = Callable[[], "Classifier"]
State = frozenset[tuple[str, int, int, int]]


@dataclass(frozen=True)
class Source:
    """Origin of a model, so that it can be loaded again.

    Attributes:
        name: under which it is served.
        classifier: as it was loaded first.
        path: of its run folder, model folder or zip; None if it is not on the disk.
        load: loads it again.
    """

    name: str
    classifier: Classifier
    path: Path | None = None
    load: Load | None = None


def named_paths(arguments: Sequence[str]) -> dict[str, Path]:
    """Return name -> path of the models of a command, each PATH or NAME=PATH.

    Without a name, it is that of the run folder, or of the zip without `.zip`.

    Raises:
        ConfigError: two models would have the same name.

    Example:
        >>> named_paths(["runs/cats-001/model", "digits=old.zip"])
        {'cats-001': PosixPath('runs/cats-001/model'), 'digits': PosixPath('old.zip')}
    """
    found: dict[str, Path] = {}
    for argument in arguments:
        name, sign, rest = argument.partition("=")
        is_named = bool(sign) and _NAME.fullmatch(name) is not None and not Path(argument).exists()
        path = Path(rest if is_named else argument)
        if not is_named:
            whole = path.absolute()
            folder = whole.parent if whole.name == "model" and whole.parent.name else whole  # `/model` of a container
            name = folder.name.removesuffix(".zip")
        if name in found:
            raise ConfigError(
                f"two models would be served as '{name}': {found[name]} and {path}. Name one: NAME={path}."
            )
        found[name] = path
    return found


class ServedModel:
    """One model, and the requests that wait for it."""

    def __init__(self, source: Source, limits: ServeLimits, counters: Counters) -> None:
        self.name = source.name
        self.source = source
        self.service = PictureService(source.classifier)
        self.batches: Batches[Prediction] = Batches(
            self._answer,
            limits.waiting_pictures,
            limits.seconds / 2,
            lambda pictures, seconds: counters.count_batch(self.name, pictures, seconds),
            name=f"predict with {self.name}",
        )
        # In a queue of their own, so that nobody who asks for a prediction waits until a map is made.
        self.heat_maps: Batches[ServedHeatMap] = Batches(
            self._look,
            limits.waiting_heat_maps,
            limits.seconds / 2,
            most_together=1,
            name=f"heat maps with {self.name}",
        )
        self._seen = self._state()

    async def predict(self, uploads: Sequence[Upload]) -> Sequence[Prediction | DataError]:
        """Return an answer for each upload, in order.

        Raises:
            TooBusyError: too many pictures wait already.
        """
        return await self.batches.predict(uploads)

    def _answer(self, uploads: Sequence[Upload]) -> Sequence[Prediction | DataError]:
        # Looked up for each batch: one that has begun is finished by the model that it began with.
        return self.service.predict(uploads)

    def _look(self, uploads: Sequence[Upload]) -> Sequence[ServedHeatMap | DataError]:
        return self.service.heat_maps(uploads)

    async def take_changes(self) -> None:
        """Load the model again if its files have changed. One that cannot be loaded leaves the old one in its place."""
        seen = self._state()
        if self.source.load is None or not seen or seen == self._seen:
            return
        try:
            changed = await asyncio.to_thread(self.source.load)
        except Exception as problem:  # whatever it is, the next change has to be looked for
            _LOG.warning("%s has changed, but cannot be loaded; the model of before answers on. %s", self.name, problem)
        else:
            self.service = PictureService(changed)
            _LOG.info("%s has changed, and was loaded again", self.name)
        self._seen = seen

    def _state(self) -> State:
        """Return what changes when a file of the model is written; nothing while there is no model."""
        path = self.source.path
        if path is None:
            return frozenset()
        folder = path / "model" if (path / "model").is_dir() else path
        found = set()
        with suppress(OSError):  # it may be exchanged just now
            for file in folder.iterdir() if folder.is_dir() else (folder,):
                facts = file.stat()
                found.add((file.name, facts.st_mtime_ns, facts.st_size, facts.st_ino))
        return frozenset(found)


class ServedModels(Mapping[str, ServedModel]):
    """The models of a server, by name. The first one answers where a request names none.

    Args:
        sources: one at least, with different names.
        limits: of what waits for each.
        counters: take what is predicted.
    """

    def __init__(self, sources: Sequence[Source], limits: ServeLimits, counters: Counters) -> None:
        self._models = {source.name: ServedModel(source, limits, counters) for source in sources}

    def __getitem__(self, name: str) -> ServedModel:
        return self._models[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    @property
    def first(self) -> ServedModel:
        """The model that answers where a request names none."""
        return next(iter(self._models.values()))

    def named(self, name: str) -> ServedModel:
        """Return the model of this name.

        Raises:
            ConfigError: there is none.
        """
        if name not in self._models:
            raise unknown_name("model", name, tuple(self._models))
        return self._models[name]

    async def watch(self) -> None:
        """Take changes of the models' files for as long as the server runs."""
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            for model in self._models.values():
                await model.take_changes()

    def close(self) -> None:
        """Let go of the threads."""
        for model in self._models.values():
            model.batches.close()
            model.heat_maps.close()
