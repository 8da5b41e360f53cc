"""Read the networks that Keras wrote, without Keras and without running code from their files."""
