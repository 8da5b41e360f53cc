"""Connect to a Ray cluster, or start a temporary one on this machine, and count the workers that it has room for."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from onelook.errors import ConfigError, in_words
from onelook.runtime import available_cores, ray_address
from onelook.wording import counted

LOCAL_WORKERS = 2
_MOST_CORES = 4  # per worker: small networks gain little from more, while more workers gain in proportion
_CONNECT_SECONDS = 10.0
# How a client of gRPC begins (RFC 9113): the preface of HTTP/2, and an empty frame of settings. A server answers with
# its own settings; one that wants TLS with an alert.
_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
_SETTINGS, _TLS_ALERT = 4, 21
_OPTION = "--ray-address"


@dataclass(frozen=True)
class ClusterAddress:
    """The address of a Ray cluster. None means a temporary one on this machine.

    Attributes:
        value: the address, such as `10.0.0.1:6379`.
        given_as: how the user gave it, for messages.
    """

    value: str | None
    given_as: str = ""


def cluster_address(option: str | None = None) -> ClusterAddress:
    """Return the address that an option gives, else the one in `$RAY_ADDRESS`."""
    if option is not None:
        return ClusterAddress(option, f"{_OPTION} {option}")
    address = ray_address()
    return ClusterAddress(address, "" if address is None else f"RAY_ADDRESS={address}")


@dataclass(frozen=True)
class Places:
    """The number of workers that a cluster has room for, and the cores and GPUs of each."""

    count: int
    cores: int
    gpus: int = 0

    def in_words(self, doing: str = "trial") -> str:
        """Return the places as text for a person: the number of trials, or of what else the workers do."""
        each = "1 GPU" if self.gpus else counted(self.cores, "core")
        return f"{counted(self.count, doing)} at a time, {each} each"


def refuse_unreachable(address: ClusterAddress) -> None:
    """Check that a server of gRPC, as each part of Ray is, answers at an address, if it names a host and a port.

    Ray itself would try for many minutes to connect, and print each try.

    Raises:
        ConfigError: nothing listens there, or what does is none.
    """
    host, _, port = (address.value or "").removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        with socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS) as connection:
            connection.sendall(_GREETING)
            answer = connection.recv(len(_GREETING))
    except (OSError, OverflowError) as problem:
        raise _no_cluster(address, problem) from problem
    is_settings = len(answer) > 3 and answer[0] == 0 and answer[3] == _SETTINGS
    if not is_settings and answer[:1] != bytes((_TLS_ALERT,)):
        raise _no_cluster(address, ConnectionError("something else does"))


@contextmanager
def connected(
    ray: Any, address: ClusterAddress, *, workers: int = LOCAL_WORKERS, memory_bytes: int | None = None
) -> Iterator[Places | None]:
    """Connect to Ray: to the caller's connection, else the cluster at the address, else a temporary local cluster.

    Args:
        ray: the imported package.
        address: of the cluster.
        workers: of a local cluster.
        memory_bytes: of the object store of a local cluster; by default Ray takes a third of the machine's memory.

    Yields:
        The places of a local cluster; None for another cluster, whose places are not known yet.

    Raises:
        ConfigError: Ray does not start, or no cluster answers.
    """
    if ray.is_initialized():
        yield None
        return
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    cores = max(1, available_cores() // workers)
    local = {"address": "local", "num_cpus": cores * workers, "include_dashboard": False}
    if memory_bytes is not None:
        local["object_store_memory"] = memory_bytes
    try:
        ray.init(**(local if address.value is None else {"address": address.value}), **quiet)
    except Exception as problem:  # the errors that Ray raises if it cannot start or connect have no other common base
        if address.value is None:
            raise ConfigError(
                f"Ray does not start on this machine ({in_words(problem)}). Its parts have only some seconds to start, "
                "too few if all cores are busy. Resume with --resume, later or without --on ray."
            ) from problem
        raise _no_cluster(address, problem) from problem
    try:
        yield Places(workers, cores) if address.value is None else None
    finally:
        ray.shutdown()


def _no_cluster(address: ClusterAddress, problem: BaseException) -> ConfigError:
    given = address.given_as
    without = "the variable" if given.startswith("RAY_ADDRESS") else "the option"
    return ConfigError(
        f"{given}: no Ray cluster answers there ({in_words(problem)}). Expected the address of one that `ray start "
        f"--head` began, with the same versions of Ray and Python; without {without} two workers are started here."
    )


def places_of(ray: Any, *, wants_gpu: bool, purpose: str = "train on") -> Places:
    """Return a place for each GPU of the cluster, if it has GPUs and they are wanted, else for groups of cores.

    Raises:
        ConfigError: the cluster has neither.
    """
    machines = [machine["Resources"] for machine in ray.nodes() if machine["Alive"]]
    with_gpus = [one for one in machines if one.get("GPU", 0) >= 1]
    if wants_gpu and with_gpus:
        cores = min(int(one.get("CPU", 0) // one["GPU"]) for one in with_gpus)
        return Places(int(sum(one["GPU"] for one in with_gpus)), cores, gpus=1)
    cores_of = [int(one["CPU"]) for one in machines if one.get("CPU", 0) >= 1]
    if not cores_of:
        raise ConfigError(f"the Ray cluster has no cores to {purpose}. Expected a machine that `ray start` added.")
    cores = min(_MOST_CORES, *cores_of)
    return Places(sum(own // cores for own in cores_of), cores)
