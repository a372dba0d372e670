"""Logistic regression on how a claim and a text match: first related or not, then which side.

Every feature compares the two sides, so that the model cannot learn claims by heart: how much of
the claim the text and its best sentence hold, and which cues of denial, refusal, seeking or
opposite meaning only one side has. It knows a few function words and antonyms, but no world.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from arnews_bench import (
    StancePrediction,
    StanceRow,
    Task,
    name_tokens,
    sentence_spans,
    without_proclitics,
)

_UNRELATED = "unrelated"
_STOP = frozenset(
    "في من علي الي عن مع بعد قبل بين حول بشان خلال عند منذ حتي اي كل بعض هذا هذه ذلك تلك التي الذي "
    "الذين ما ان انه انها اذا كما قد كان كانت يكون تكون هو هي هم او ام ثم و ب ل ك ف اليوم امس "
    "ايضا لدي له لها لهم به بها فيه فيها عليه عليها منه منها عنه عنها".split()
)
# Guidelines, "Actors": a state, its capital and its government are one actor.
_ALIASES = {
    alias: names.split()[0]
    for names in (
        "روسيا موسكو الكرملين روسي روسيه الروس", "اميركا امريكا واشنطن اميركي اميركيه امريكي",
    )
    for alias in names.split()
}  # fmt: skip
