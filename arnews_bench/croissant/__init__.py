"""The dataset described in Croissant (MLCommons), for search engines and loaders of data."""

from arnews_bench.croissant.metadata import croissant_metadata

__all__ = ["croissant_metadata"]
