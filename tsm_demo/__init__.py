"""The Temporal Shift Module (arXiv:1811.08383), explained: a small library, a command line and the pages on top of them."""

__version__ = "0.1.0"
