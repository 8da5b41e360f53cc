"""Predict on many machines: the data set in shards, a Parquet file a shard, the workers of Ray."""
