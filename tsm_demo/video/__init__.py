"""Files to frames, frames to tensors, frames to files, and clips drawn from a seed."""
