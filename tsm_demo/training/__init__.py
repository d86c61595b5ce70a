"""The recipe that makes the embedded weights."""
