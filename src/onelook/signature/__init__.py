"""The signature of a model's training pictures: what they look like, so that pictures unlike them are recognised."""
