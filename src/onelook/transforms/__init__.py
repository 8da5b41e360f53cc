"""What happens to pictures between the data set and the model.

`augment` changes training pictures at random; `preprocess` is the fixed preparation of every picture; `views` and
`hog` are what networks at prediction and classical models look at. `preprocess.steps` and `views` are free of torch.
"""
