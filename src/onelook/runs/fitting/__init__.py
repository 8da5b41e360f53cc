"""Fit a network or a classical model, with the head and the batch size that suit it."""
