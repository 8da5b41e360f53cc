"""Networks as torch modules, layer by layer. Everything here imports torch."""
