"""onelook: a pile of pictures in, a classifier that you can trust, carry and serve out."""
