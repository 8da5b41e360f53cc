"""Checks of the labels: wrong ones, contradictory ones, classes that are missing or rare."""
