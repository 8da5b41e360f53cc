"""The parts that sections on errors share: the order of classes, matrices, and the data of the gallery's script."""
