"""The random changes of training pictures: `augment` applies them all, and every other file holds one kind.

`random_transforms` draws the parameters, `affine` and `intensity` apply them; `shift_and_cutout`, `rand_augment`
and `mixing` are the newer tricks.
"""
