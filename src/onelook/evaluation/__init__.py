"""Probabilities and labels to scores; files of predictions; the pictures that a report shows beside the scores."""
