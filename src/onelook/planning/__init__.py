"""What a training will be, decided once: settings, picture size and network, each with its reason."""
