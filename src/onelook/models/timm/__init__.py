"""Networks of the package timm, translated to lists of layers."""
