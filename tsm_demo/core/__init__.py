"""Pure ideas, no IO: the shift and its table, frame sampling, labels, errors."""
