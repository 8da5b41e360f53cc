"""Maps of where a model looked: which places of a picture spoke for its prediction."""
