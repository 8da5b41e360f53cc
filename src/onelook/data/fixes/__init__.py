"""Fixes: labels that a person changed, and pictures that a person dropped, without any change of the data itself."""
