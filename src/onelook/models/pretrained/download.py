"""Find the published weights of timm's networks in the user's cache of the hub, or download them."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import getproxies

from onelook.errors import ConfigError, in_words, missing_extra
from onelook.models.pretrained.backbone import Backbone
from onelook.wording import listed

# timm looks for the same files in the same order.
_FILES = ("model.safetensors", "pytorch_model.bin")
_SECONDS = 10.0  # to wait for a server's answer


def cached_file(backbone: Backbone) -> Path | None:
    """Return the file of weights that were downloaded before, or None. It contacts no server."""
    if backbone.hub is None:
        path = None if backbone.url is None else _torch_cache() / Path(urlparse(backbone.url).path).name
        return path if path is not None and path.is_file() else None
    hub = _import_hub(backbone)
    repository, revision = _repository(backbone)
    for name in _names(backbone):
        found = hub.try_to_load_from_cache(repository, name, revision=revision)
        if isinstance(found, str):
            return Path(found)
    return None


def fetch_file(backbone: Backbone) -> Path:
    """Return the file of weights; download it if it is missing.

    Raises:
        ConfigError: the download fails; the message names the source, and ways to do without it.
    """
    if (found := cached_file(backbone)) is not None:
        return found
    if backbone.hub is None and backbone.url is None:
        raise ConfigError(
            f"{backbone.name}: timm has no published weights for it. Name a file of your own with --weights FILE, or "
            "train it from scratch with --weights none."
        )
    try:
        return _from_hub(backbone) if backbone.hub else _from_url(str(backbone.url))
    except ConfigError:
        raise
    except Exception as problem:  # errors of network, server and disk share no other base
        raise ConfigError(
            f"{backbone.name}: its weights cannot be fetched from {backbone.source} ({_in_short(problem)}). Go online, "
            "or download the file yourself and name it with --weights FILE; --weights none trains it from scratch."
        ) from problem


def _from_hub(backbone: Backbone) -> Path:
    hub = _import_hub(backbone)
    repository, revision = _repository(backbone)
    names = _names(backbone)
    _refuse_offline(str(hub.constants.ENDPOINT))
    for name in names:
        try:
            return Path(hub.hf_hub_download(repository, name, revision=revision, etag_timeout=_SECONDS))
        except hub.errors.LocalEntryNotFoundError:
            raise  # no server answers; another file name would not help
        except hub.errors.EntryNotFoundError:
            continue
    raise ConfigError(f"{backbone.name}: {backbone.source} holds none of {listed(names)}.")


def _refuse_offline(endpoint: str) -> None:
    """Raise an OSError at once where the hub's address is unknown. The hub's package would try for half a minute."""
    if not getproxies():
        socket.getaddrinfo(urlparse(endpoint).hostname, None)


def _from_url(url: str) -> Path:
    """Download into torch's own cache, as timm does for weights on no hub, and check the digest in the file's name."""
    import torch

    path = _torch_cache() / Path(urlparse(url).path).name
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = torch.hub.HASH_REGEX.search(path.name)
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_SECONDS)
    try:
        torch.hub.download_url_to_file(url, str(path), digest.group(1) if digest else None)
    finally:
        socket.setdefaulttimeout(before)
    return path


def _torch_cache() -> Path:
    import torch

    return Path(torch.hub.get_dir()) / "checkpoints"


def _repository(backbone: Backbone) -> tuple[str, str | None]:
    name, _, revision = str(backbone.hub).partition("@")
    return name, revision or None


def _names(backbone: Backbone) -> tuple[str, ...]:
    return (backbone.hub_file,) if backbone.hub_file else _FILES


def _import_hub(backbone: Backbone) -> Any:
    try:
        import huggingface_hub
        import huggingface_hub.errors
    except ImportError as error:
        raise missing_extra("huggingface_hub", "timm", f"fetching the weights of {backbone.name}") from error
    return huggingface_hub


def _in_short(problem: Exception) -> str:
    return in_words(problem).strip().partition("\n")[0][:200].rstrip(". ")
