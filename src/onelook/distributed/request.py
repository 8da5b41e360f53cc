"""Check a request for a prediction on several machines, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from onelook.errors import ConfigError, unknown_name
from onelook.evaluation.unlike_pictures import are_worth_a_warning
from onelook.optional_packages import import_ray_data
from onelook.ray_cluster import ClusterAddress, cluster_address, refuse_unreachable
from onelook.wording import agree, counted

Say = Callable[[str], None]

HERE, ON_RAY = "here", "ray"
_FILES = (".csv", ".jsonl", ".json", ".parquet")
_CLIENT = "ray://"


@dataclass(frozen=True)
class RayOptions:
    """The cluster of a prediction, and the number of its workers.

    Attributes:
        address: of the cluster.
        workers: their number; None for two on this machine, or as many as the cluster has room for.
    """

    address: ClusterAddress
    workers: int | None = None


def check_request(
    on: str, out: str | Path | None, like: str | Path | None, address: str | None, workers: int | None
) -> RayOptions | None:
    """Return where a prediction runs; None if it is this process.

    Args:
        on: `here` or `ray`.
        out: where the predictions go.
        like: a sample submission.
        address: of the cluster; by default `$RAY_ADDRESS`, else a Ray of this machine alone.
        workers: their number.

    Raises:
        ConfigError: an option does not go with the others, Ray is not installed, or nothing listens at the address.
    """
    if on not in (HERE, ON_RAY):
        raise unknown_name("place to predict", on, (HERE, ON_RAY))
    if on == HERE:
        given = (f"--ray-address {address}", address is not None), (f"--workers {workers}", workers is not None)
        if idle := [option for option, is_given in given if is_given]:
            raise ConfigError(f"{idle[0]}: one process predicts. Add --on ray for several.")
        return None
    _check_place(out, like)
    if workers is not None and workers < 1:
        raise ConfigError(f"--workers {workers}: expected 1 or more workers.")
    where = cluster_address(address)
    if (where.value or "").startswith(_CLIENT):
        raise ConfigError(
            f"{where.given_as}: Ray Data does not run through Ray's client. Start the command on a machine of the "
            "cluster, and give the address as HOST:PORT, or auto."
        )
    refuse_unreachable(where)
    import_ray_data("onelook predict --on ray")
    return RayOptions(where, workers)


def _check_place(out: str | Path | None, like: str | Path | None) -> None:
    if out is None:
        raise ConfigError("--on ray writes a folder of Parquet files. Add --out FOLDER, or --out s3://BUCKET/FOLDER.")
    if like is not None:
        raise ConfigError(f"--on ray and --like {like}: a submission is one file. Leave out --on ray.")
    if str(out).lower().endswith(_FILES):
        raise ConfigError(
            f"--out {out}: --on ray writes a folder with a Parquet file for each shard. Name a folder, such as "
            f"{str(out).rpartition('.')[0]}"
        )


def warnings_on_unlike(unlike: int, judged: int) -> tuple[str, ...]:
    """Return a sentence on the pictures that are unlike those that the model learnt from, if they are many.

    Args:
        unlike: their number.
        judged: the number of pictures that were compared with those.
    """
    if not are_worth_a_warning(unlike, judged):
        return ()
    return (
        f"{unlike:,} of {counted(judged, 'picture')} {agree(unlike, 'is', 'are')} unlike those that the model learnt "
        f"from: the column 'unlike' marks them. Do not rely on {agree(unlike, 'its answer', 'their answers')}.",
    )
