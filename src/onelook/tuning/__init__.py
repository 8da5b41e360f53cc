"""The search for better settings: the space, the trials, and where they run (this process or a Ray cluster)."""
