"""Three logistic regressions on how a claim and a text match.

They ask what the guidelines ask: does the text bear on the claim, does it take a side, which one?
Every feature compares the two, so that no claim can be learned by heart. The model knows a few
names of states and some words of negation and opposite meaning; it knows nothing of the world.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.dummy import DummyClassifier
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

Array = npt.NDArray[np.float64]

# Words at least so similar count as one: يعرقل and عرقلة do, روسيا and روبيو do not.
_SAME = 0.6
# A negation concerns a shared word if it stands at most so many words before it, or right after.
_REACH = 3
# All lists hold normalised words without proclitics. `المتحدة` is here as it names no actor alone.
_STOP_WORDS = (
    "في من علي الي عن مع بعد قبل بين حول بشان خلال عند منذ حتي اي كل بعض هذا هذه ذلك تلك التي الذي "
    "الذين ما ان انه انها اذا كما قد كان كانت يكون تكون هو هي هم او ثم اليوم امس ايضا له لها لهم "
    "به بها فيه فيها عليه عليها منه منها عنه عنها لم لا لن ليس ليست غير عدم دون لكن متحده و ف ب ل ك"
)
_STOP = frozenset(_STOP_WORDS.split())
# Guidelines, "Actors": a state, its capital and its people are one actor.
_ACTORS = (
    "روسيا روسي روسيه روس موسكو كرملين | اوكرانيا اوكراني اوكرانيه كييف | "
    "اميركا امريكا اميركي امريكي اميركيه امريكيه اميركيين امريكيين واشنطن ولايات | "
    "بريطانيا بريطاني بريطانيه لندن | فرنسا فرنسي فرنسيه باريس | المانيا الماني المانيه برلين | "
    "صين صيني صينيه بكين | ايران ايراني ايرانيه طهران | تركيا تركي تركيه انقره | "
    "سوريا سوري سوريه دمشق | مصر مصري مصريه قاهره | سعوديه سعودي رياض | كوبا كوبي كوبيه هافانا | "
    "ترمب ترامب"
)
_ACTOR_OF = {name: names.split()[0] for names in _ACTORS.split("|") for name in names.split()}


def _cue(stems: str) -> re.Pattern[str]:
    """A pattern for words of these stems, with the letters that conjugate a verb around them."""
    return re.compile(rf"س?[يتنا]{{0,2}}(?:{'|'.join(stems.split())})(?:ت|ا|وا|ون|ه|ها|هم)?")


_DENIAL = "نفي نفت رفض كذب مزيف نكر عارض فشل نتقد ستبعد"
_DENIED = _cue(_DENIAL)
_NEGATED = _cue(f"لم لن لا ليس لست غير عدم دون بلا الا {_DENIAL}")
# Headlines of the corpus ANS (Khouja 2020) that stand in such an opposition all but always
# disagree: 225 of 226 pairs of its training part, 60 of 62 of its development part.
_RISES = "رتفع رتفاع زيد زاد زياده صعود صعد رفع فرض اعلي مكاسب قفز عزز تعزيز"
_FALLS = "نخفض نخفاض هبط هبوط هوي راجع خفض خفف تخفيف الغاء ادني خساير تدهور"
_GOES_ON = "ستمر ستمرار واصل بقي بقاء"
_STOPS = "وقف نهاء نهي لغي لغت علق تعليق تاجيل وجل نتهاء"
_ACCEPTS = "وافق موافق ويد ايد تاييد دعم شيد اشاد رحب ترحيب قبول مستعد ستعداد طالب سمح"
_REFUSES = "رفض نفي نفت نكر عارض معارض نتقد نتقاد يدين تدين ادان ستبعد ستبعاد منع تجاهل حظر"
_OPPOSITES = (
    (_cue(_RISES), _cue(_FALLS)),
    (_cue(_GOES_ON), _cue(_STOPS)),
    (_cue(_ACCEPTS), _cue(_REFUSES)),
    (_cue("نجح نجاح مثمر بناء"), _cue("فشل عرقل تعثر")),
    (_cue("سيطر ستعاد ستعيد"), _cue("فقد خسر نسحاب نسحب تخلي تخلت تنازل")),
)


class _Question(NamedTuple):
    """A yes-or-no question about a pair: the labels that answer it, the features that tell."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    features: tuple[str, ...]


# Few for each: chosen on train and validation, where more were no better.
_QUESTIONS = (
    _Question(("agree", "disagree", "discuss"), ("unrelated",), (
        "document", "best_recall", "best_precision", "near_topic", "near_actors", "text_run",
    )),
    _Question(("agree", "disagree"), ("discuss",), (
        "best_recall", "text_recall", "best_topic", "against_recall", "undenied",
    )),
    _Question(("disagree",), ("agree",), (
        "against", "against_recall", "undenied", "near_actors",
    )),
)  # fmt: skip


class LinearStance:
    """Asks the three questions in turn; the probabilities of the answers multiply."""

    def __init__(self) -> None:
        self._sentences_with: Counter[str] = Counter()
        self._n_sentences = 0
        self._models: list[Pipeline] = []

    def fit(
        self, task: Task, train: Sequence[StanceRow], validation: Sequence[StanceRow], *, seed: int
    ) -> None:
        """Count the words, then fit each question on the rows that it is asked about."""
        del task, seed  # nothing here is random
        rows = (*train, *validation)
        # A set: a page stands in as many rows as there are claims about it.
        sentences = {sentence for row in rows for sentence in _sentences(row.text)}
        self._n_sentences = len(sentences)
        self._sentences_with = Counter(
            form
            for sentence in sentences
            for form in frozenset().union(*map(_forms, name_tokens(sentence)))
        )
        features = [self._features(row) for row in rows]
        self._models = []
        for question in _QUESTIONS:
            asked = [i for i, row in enumerate(rows) if row.label in question.yes + question.no]
            answers = [rows[i].label in question.yes for i in asked]
            if all(answers) or not any(answers):  # The rows lack a label: nothing to tell apart.
                constant = answers[:1] or [False]
                self._models.append(make_pipeline(DummyClassifier()).fit([[0]], constant))
                continue
            # Balanced: macro F1 counts a rare label as much as `unrelated`.
            regression = LogisticRegression(C=0.1, class_weight="balanced")
            model = make_pipeline(StandardScaler(), regression)
            self._models.append(model.fit(_matrix(question, [features[i] for i in asked]), answers))

    def predict(self, task: Task, rows: Sequence[StanceRow]) -> Iterator[StancePrediction]:
        """Give the most probable label."""
        del task
        for row in rows:
            features = self._features(row)
            related, sided, against = (
                float(model.predict_proba(_matrix(question, [features]))[0] @ model.classes_)
                for question, model in zip(_QUESTIONS, self._models, strict=True)
            )
            scores = {
                "agree": related * sided * (1 - against),
                "disagree": related * sided * against,
                "discuss": related * (1 - sided),
                "unrelated": 1 - related,
            }
            label = max(scores, key=scores.__getitem__)
            yield StancePrediction(id=row.id, label=label, scores=scores)

    def _features(self, row: StanceRow) -> Mapping[str, float]:
        """How the claim matches the text, the best sentence of the text, and what is near."""
        claim = _content(row.claim)
        weight = np.array([self._rarity(word) for word in claim])
        weight /= weight.sum()
        is_actor = np.array([not _forms(word).isdisjoint(_ACTOR_OF.values()) for word in claim])
        topic = weight * ~is_actor / max(1e-9, (weight * ~is_actor).sum())

        sentences = _sentences(row.text)
        similarity = np.array([_alignment(row.claim, s).max(axis=1) for s in sentences])
        found = similarity >= _SAME
        chosen = int(np.argmax((weight * similarity * found).sum(axis=1)))
        best, text = found[chosen], found.any(axis=0)
        # A document opens with what it is about; a statement is read with its own sentence.
        around = sentences[:1] if row.context is None else _sentences(row.context)
        near = best | np.any(
            [_alignment(row.claim, s).max(axis=1) >= _SAME for s in around], axis=0
        )

        claimed, said = name_tokens(row.claim), name_tokens(sentences[chosen])
        shared = np.flatnonzero(_alignment(row.claim, sentences[chosen]).max(axis=0) >= _SAME)
        ahead = shared - np.arange(len(said))[:, None]
        reaches = ((ahead >= -1) & (ahead <= _REACH)).any(axis=1)
        by_shared = [word for word, reached in zip(said, reaches, strict=True) if reached]
        # The verb that tells the source's stance often stands before the content: `رحبت بـ`.
        inside = set(name_tokens(row.text))
        said += [word for word in name_tokens(row.context or "") if word not in inside]
        against = _has(claimed, _NEGATED) != _has(by_shared, _NEGATED) or _opposed(claimed, said)
        values = {
            "document": row.granularity == "document",
            "best_recall": weight @ best,
            "best_precision": len(shared) / len(_content(sentences[chosen])),
            "best_topic": topic @ best,
            "text_recall": weight @ text,
            "text_run": _longest_run(text) / len(text),
            "near_topic": topic @ near,
            "near_actors": near[is_actor].mean() if is_actor.any() else 0.5,
            "against": against,
            "against_recall": against * (weight @ best),
            "undenied": _has(claimed, _DENIED) and not _has(said, _DENIED),
        }
        return {name: float(value) for name, value in values.items()}

    def _rarity(self, word: str) -> float:
        """The inverse sentence frequency of a word, in its most frequent form."""
        seen = max(self._sentences_with[form] for form in _forms(word))
        return math.log((self._n_sentences + 2) / (seen + 1))


def _matrix(question: _Question, features: Sequence[Mapping[str, float]]) -> Array:
    return np.array([[values[name] for name in question.features] for values in features])


@lru_cache(maxsize=4096)
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in sentence_spans(text)) or (text,)


def _content(text: str) -> list[str]:
    words = name_tokens(text)
    return [word for word in words if word not in _STOP] or words or ["؟"]


@lru_cache(maxsize=2**16)
def _forms(word: str) -> frozenset[str]:
    return frozenset(_ACTOR_OF.get(form, form) for form in without_proclitics(word))


@lru_cache(maxsize=2**16)
def _bigrams(word: str) -> frozenset[str]:
    bare = re.sub("^[وف]?(?:[بك]?ال|لل)(?=...)", "", word)
    return frozenset(bare[i : i + 2] for i in range(len(bare) - 1)) or frozenset(bare)


@lru_cache(maxsize=2**18)
def _similarity(one: str, other: str) -> float:
    """1 for forms of one word, else Dice's coefficient of the letter bigrams."""
    if not _forms(one).isdisjoint(_forms(other)):
        return 1.0
    first, second = _bigrams(one), _bigrams(other)
    return 2 * len(first & second) / (len(first) + len(second))


@lru_cache(maxsize=2**16)
def _alignment(claim: str, sentence: str) -> Array:
    """The similarity of each content word of the claim to each word of the sentence."""
    words = name_tokens(sentence) or ["؟"]
    return np.array(
        [[_similarity(c, w) if w not in _STOP else 0.0 for w in words] for c in _content(claim)]
    )


@lru_cache(maxsize=2**18)
def _is_cue(word: str, cue: re.Pattern[str]) -> bool:
    return any(cue.fullmatch(form) for form in without_proclitics(word))


def _has(words: Sequence[str], cue: re.Pattern[str]) -> bool:
    return any(_is_cue(word, cue) for word in words)


def _opposed(claimed: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the sides use words of opposite meaning, and neither side both of them."""
    return any(
        (_has(claimed, one), _has(claimed, other), _has(said, one), _has(said, other))
        in {(True, False, False, True), (False, True, True, False)}
        for one, other in _OPPOSITES
    )


def _longest_run(found: npt.NDArray[np.bool_]) -> int:
    return max(map(len, "".join("x" if hit else " " for hit in found).split()), default=0)
