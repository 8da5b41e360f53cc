"""`onelook verify`."""

from __future__ import annotations

from onelook.cli.options import Debug, Json, Model


def verify(model: Model, json: Json = False, debug: Debug = False) -> None:
    """Check a model folder and replay its golden pictures.

    Every file's checksum is compared with the one in model.json, then the 16 pictures that travel with the
    model are predicted again and compared with what the model said when it was saved. Writes nothing.

    Examples:
      onelook verify runs/photos-001
    """
