"""The bounded queue in front of the model."""
