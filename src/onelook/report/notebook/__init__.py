"""Outputs of a notebook: what a data set, a run, a model and a prediction show where they are the last line of a cell.

Each is HTML that needs nothing else: its style, its pictures and its charts are in it, and no script.
"""
