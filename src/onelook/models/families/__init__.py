"""Model families: functions that make a network that fits the data, and the tutorials' networks as published."""
