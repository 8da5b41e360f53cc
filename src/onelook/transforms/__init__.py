"""The transforms of pictures between the data set and the model.

`augment` changes training pictures at random; `preprocess` is the fixed preparation of every picture; `views` are the
views over which a prediction averages; `hog` computes features for classical models. Only `augment` and
`preprocess.in_torch` need torch.
"""
