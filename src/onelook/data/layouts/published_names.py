"""The class names of published data sets whose files contain only numbers, in the order of the numbers."""

from __future__ import annotations

# https://github.com/zalandoresearch/fashion-mnist
FASHION_MNIST_NAMES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
# Kuzushiji-MNIST: https://codh.rois.ac.jp/kmnist/
KUZUSHIJI_MNIST_NAMES = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
