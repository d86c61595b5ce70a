"""The Temporal Shift Module (arXiv:1811.08383), explained: a small library, a command line, and pages on top."""

__version__ = "0.1.0"
