"""The checkpoints of a run: `checkpoint` is the file, `writer` says when it is written, `fixed_settings` what a resume
must not change.
"""
