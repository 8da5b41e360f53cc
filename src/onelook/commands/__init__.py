"""The commands, one file each. The command line, the Python interface and the server call them."""
