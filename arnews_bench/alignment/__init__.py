"""Strings that a system gave as parts of a text, and where they stand in it.

Always on token boundaries: `مصر` is never found in `مصرف`. How tolerant a search is, its caller
decides; strict scoring takes letters alone (`scoring.mentions`), the answers of language models are
placed with all that is here (`models.llm.reading.placing`).
"""

from arnews_bench.alignment.index import TextIndex, same_name, whole_tokens, words_of
from arnews_bench.alignment.nearly import LEAST_SIMILARITY
from arnews_bench.alignment.passages import PlacedPart, align_passages, passage_parts
from arnews_bench.alignment.quotes import How, Placement, Quote, align_near, align_quotes

__all__ = [
    "LEAST_SIMILARITY",
    "How",
    "PlacedPart",
    "Placement",
    "Quote",
    "TextIndex",
    "align_near",
    "align_passages",
    "align_quotes",
    "passage_parts",
    "same_name",
    "whole_tokens",
    "words_of",
]
