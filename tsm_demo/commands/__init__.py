"""The commands of `python -m tsm_demo`, a file each; torch is imported only when one runs."""
