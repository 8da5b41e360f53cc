"""Runs side by side: what they answered for the same pictures, how fast they are, and which one to take."""
