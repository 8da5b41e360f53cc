"""The stages of a training: prepare the data, begin the run, fit the model, finish; also folds and lists of models."""
