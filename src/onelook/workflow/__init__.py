"""One file a command: what the command line, the Python API and the server call."""
