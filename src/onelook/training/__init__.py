"""The training of a network: `fit` in `loop.py` takes a network, pictures and settings, and returns the best weights.

`training_run` runs the epochs, keeps the best one and writes checkpoints; `trainer` takes batches through
augmentation, preparation and network. `optimizers`, `schedule`, `loss` and `callbacks` give Keras' numbers.
`diagnose` looks for trouble, `listeners` are called as training proceeds, and `progress` shows it. `measurements` are
the short trainings before a run that find its learning rate, its batch size and the time of an epoch.
"""
