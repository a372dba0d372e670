"""brat: a standoff annotation tool with spans, events and attributes; all three layers fit."""

from arnews_bench.exchange.brat_reading import read_brat
from arnews_bench.exchange.brat_writing import write_brat
from arnews_bench.exchange.format import Format

__all__ = ["BRAT"]

BRAT = Format(
    name="brat",
    description="the whole annotation as brat standoff, .txt and .ann a document; can be imported",
    write=write_brat,
    read=read_brat,
)
