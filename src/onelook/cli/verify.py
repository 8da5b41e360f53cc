"""`onelook verify`."""

from __future__ import annotations

from onelook.cli.options import Debug, Json, Model
from onelook.cli.output.printer import Printer
from onelook.wording import counted


def verify(model: Model, json: Json = False, debug: Debug = False) -> None:
    """Check that a model folder is complete and unchanged.

    It compares the checksum of each file with model.json. Then it predicts the golden pictures, which are stored
    with the model, and compares the probabilities with those stored when the model was saved. It writes nothing.

    Examples:
    $ onelook verify runs/photos-001
    """
    from onelook.commands.verify import verify_model

    say = Printer(json=json)
    result = verify_model(model)
    if json:
        say.document(result.to_dict())
        return
    say(f"{counted(len(result.files), 'file is', 'files are')} unchanged since the model was saved")
    for engine, difference in result.differences.items():
        say(
            f"{counted(result.golden_pictures, 'golden picture')} predicted with {engine}: largest difference "
            f"{f'{difference:.1e}' if difference else 0} (allowed: {result.tolerance:g})"
        )
