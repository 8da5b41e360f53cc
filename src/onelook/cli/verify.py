"""`onelook verify`."""

from __future__ import annotations

from onelook.cli.options import Debug, Json, Model
from onelook.cli.output.printer import Say
from onelook.wording import counted


def verify(model: Model, json: Json = False, debug: Debug = False) -> None:
    """Check a model folder and replay its golden pictures.

    Every file's checksum is compared with the one in model.json, then the pictures that travel with the model
    are predicted again and compared with what it said when it was saved. Writes nothing.

    Examples:
    $ onelook verify runs/photos-001
    """
    from onelook.commands.verify import verify_model

    say = Say(json=json)
    result = verify_model(model)
    if json:
        say.document(result.to_dict())
        return
    say(f"{counted(len(result.files), 'file is what it was', 'files are what they were')} when the model was saved")
    for engine, difference in result.differences.items():
        say(
            f"{counted(result.golden_pictures, 'golden picture')} replayed with {engine}: largest difference "
            f"{difference:.1e} (at most {result.tolerance:g} may be)"
        )
