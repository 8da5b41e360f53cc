"""Show how far a training has come while it runs."""
