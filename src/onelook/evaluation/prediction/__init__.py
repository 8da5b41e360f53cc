"""Predictions of pictures, a batch at a time: the record, its fields, the files, and the stream."""
