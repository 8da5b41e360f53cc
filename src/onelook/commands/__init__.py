"""The commands, one file each: what the command line, Python and the server call."""
