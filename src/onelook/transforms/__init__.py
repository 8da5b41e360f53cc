"""What pictures go through between the data set and the network.

`augment` changes training pictures at random; `statistics` measures, and `preprocess` repeats, the fixed
preparation of every picture. `steps` holds that preparation's formulas, free of torch, for any engine.
"""
