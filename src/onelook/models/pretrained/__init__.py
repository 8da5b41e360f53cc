"""Networks that come with weights: what is known of them, where their weights are found, and how these are read."""
