"""The training room: `fit` in `loop.py` takes a network, pictures and settings, and gives back the best weights.

From the outside in: `loop` keeps the books of a run (history, best epoch, checkpoint, Ctrl-C); `trainer` takes
batches through augmentation, preparation and network; `optimizers`, `schedule`, `loss` and `callbacks` have Keras'
numbers; `listeners` hear what happens, and `progress` shows it.
"""
