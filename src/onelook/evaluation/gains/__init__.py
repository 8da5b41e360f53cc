"""Things to do next with a model, and about how much of its accuracy each would gain."""
