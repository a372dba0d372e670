"""Metrics as pure NumPy functions on integers; no strings, no files, no other module of ours."""
