"""Runs side by side: their predictions for the same pictures, their speed, and which one to take."""
