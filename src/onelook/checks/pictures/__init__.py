"""Checks of single pictures: unreadable, blank, dark, bright, blurred, of an odd size, shape or colour."""
