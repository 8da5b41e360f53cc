"""Checks for pictures that occur more than once, in one split or in two."""
