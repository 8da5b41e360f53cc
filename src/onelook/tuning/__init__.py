"""A search for settings: what is searched, trial by trial, here or on a Ray cluster."""
