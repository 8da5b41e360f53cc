"""Compare runs: their predictions for the same pictures, their speed, and the one to use."""
