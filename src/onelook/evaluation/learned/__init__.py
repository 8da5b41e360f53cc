"""Evidence of what a model learned, as pictures and words: filters, maps, importances, similar training pictures."""
