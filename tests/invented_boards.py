"""Runs of all three tasks whose scores a reader can work out, and a board's worth of them."""

import itertools

import msgspec
import numpy as np
from invented_runs import run

from arnews_bench.leaderboard import leaderboard
from arnews_bench.results import DocumentCount, document_counts
from arnews_bench.scoring import SCORERS, Score

DOCUMENTS = 20
# Who is in none of the texts, and must be shown harmlessly in all of them.
EVIL = {
    "script": "<script>alert(1)</script>",
    "input": r"py:\input{/etc/passwd}:M",
    "terminal": "\x1b[2Jgone\x07\x9b1m",
    "cells": "a|b`c`\\|d & e_f*g*#1 $x$ ~y^",
    "lines": "one\ntwo\r\nthree",
    "reordered": "abc\u202efed",
    "attribute": '"><img src=x onerror=alert(1)>',
    "ligatures": "a--b,,c``d''e!`<<f>>",
    "template": "{{ 7 * 7 }} {% raw %} << 7 * 7 >>",
    "arabic": "نموذج الأخبار",
}


def scored(found):
    """A run with the scores that its counts give; no intervals."""
    total = document_counts(found).sum(axis=0)
    values = {name: measure(total) for name, measure in SCORERS[found.task_type].measures.items()}
    metrics = {
        name: Score(value=None if np.isnan(v) else float(v), low=None, high=None)
        for name, v in values.items()
    }
    return msgspec.structs.replace(found, metrics=metrics)


def ner(spec, *matched, **fields):
    """Documents of ten gold and ten predicted spans, so many right: F1 is the share of them."""
    return scored(run(spec, [(right, 10, 10) for right in matched], **fields))


def stance(spec, *right, **fields):
    """Documents of ten pairs of the label agree, each called so or disagree.

    With k pairs of n right, F1 is 2k / (n + k) for agree and 0 for disagree: k / (n + k) in the
    mean; 1 if all are right, as then only one label occurs.
    """
    counts = [{"document.agree>agree": k, "document.agree>disagree": 10 - k} for k in right]
    return _other("stance", "macro_f1", spec, counts, fields)


def attribution(spec, *right, **fields):
    """Documents of ten gold and ten predicted attributions, so many right."""
    counts = [{"right.matched": k, "right.gold": 10, "right.predicted": 10} for k in right]
    return _other("attribution", "attribution_f1", spec, counts, fields)


def _other(task, headline, spec, counts, fields):
    found = run(
        spec,
        [(0, 0, 0)] * len(counts),
        **{"task": task, "task_type": task, "headline": headline} | fields,
    )
    documents = tuple(
        DocumentCount(doc_id=old.doc_id, counts=new)
        for old, new in zip(found.per_document, counts, strict=True)
    )
    return scored(msgspec.structs.replace(found, per_document=documents))


def alternating(*values):
    """Values for all documents, in turns."""
    return itertools.islice(itertools.cycle(values), DOCUMENTS)


def three_tasks(spec, *values, **fields):
    """A model that gets the same share of entities and attributions right, and all stances."""
    return [
        ner(spec, *alternating(*values), **fields),
        stance(spec, *alternating(10), **fields),
        attribution(spec, *alternating(*values), **fields),
    ]


def no_ceiling(_run):
    """A dataset without annotation passes."""


def board_of(*runs, ceiling=no_ceiling, **settings):
    """The one board of some runs."""
    (board,) = leaderboard(runs, ceiling=ceiling, **settings).boards
    return board
