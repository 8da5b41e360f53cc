"""Score probabilities against labels, write predictions, and select the pictures that a report shows."""
