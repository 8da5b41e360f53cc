"""Looking at data before anything is trained on it: what it is, whether it is sound, what a training would be."""
