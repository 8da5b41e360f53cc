"""Plan a training once: its settings, picture size and network, each with its reason."""
