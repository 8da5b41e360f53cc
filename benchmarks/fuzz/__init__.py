"""Thousands of damaged inputs, made from a seed, put to the installed product: what it does with each is judged.

`python -m benchmarks.fuzz --count 5000 --seed 0` makes and judges them, `--only 0:123` makes one again and keeps it,
and `--families trees,listings --count 2000` takes so many of each family.

- `case`: what a damaged input is, and the workbench that it is made on
- `damage`, `good`: damages that any bytes can take, and the good files that are damaged
- `families/`: a file a family of inputs
- `child`: runs one command after another, and reports what it wrote, started, and how much memory it took
- `parent`: feeds the child, and ends it where it hangs or swells
- `verdict`: whether an outcome is one that a user may meet
"""
