"""Find a backbone by name: one of our own, or `timm:<name>`.

A new one is a `Backbone` in its family's file and one line here; its network has the same name in `MODELS`. A network
of the package timm is translated when it is first used: see `onelook.models.timm.network`.
"""

from __future__ import annotations

from onelook.models.pretrained.backbone import TIMM, Backbone
from onelook.registry import Registry

BACKBONES = Registry(
    "backbone",
    {
        "efficientnet-lite0": (
            "onelook.models.families.efficientnet_lite:LITE0",
            "75.1 % on ImageNet, trained at 224 px",
        ),
        "efficientnet-lite1": (
            "onelook.models.families.efficientnet_lite:LITE1",
            "76.7 % on ImageNet, trained at 240 px",
        ),
        "efficientnet-lite2": (
            "onelook.models.families.efficientnet_lite:LITE2",
            "77.6 % on ImageNet, trained at 260 px",
        ),
    },
)


def is_backbone(name: object) -> bool:
    """Return whether a network with this name is pretrained. Any `timm:<name>` counts, even if unknown."""
    return name in BACKBONES or str(name).startswith(TIMM)


def backbone_named(name: str) -> Backbone:
    """Return the backbone with that name: one of `BACKBONES`, or `timm:<name>`.

    Raises:
        ConfigError: no backbone has that name; see `timm_network` for those of timm.
    """
    if name.startswith(TIMM):
        from onelook.models.timm.network import timm_network

        return timm_network(name).backbone
    backbone: Backbone = BACKBONES.load(name)
    return backbone
