"""A training as it runs: data prepared, run begun, model fitted, run finished; alone, in folds, or model by model."""
