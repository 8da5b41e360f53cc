"""Pretrained networks: the facts about their weights, and functions that find and read the weights."""
