"""Inspect data before training: what it holds, what is wrong with it, and how `train` would train on it."""
