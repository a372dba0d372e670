"""Three logistic regressions on how a claim and a text match.

They ask what the guidelines ask: does the text bear on the claim, does it take a side, which one?
Every feature compares the two, so that no claim can be learned by heart. The model knows a few
names of states, and some cues and words of opposite meaning; it knows nothing of the world.
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

# Words as similar as this count as the same: يعرقل and عرقلة do, روسيا and روبيو do not.
_SAME = 0.6
# A negation concerns a shared word if it stands at most so many words before it, or right after.
_REACH = 4
# All lists hold normalised words without proclitics.
_STOP = frozenset(
    "في من علي الي عن مع بعد قبل بين حول بشان خلال عند منذ حتي اي كل بعض هذا هذه ذلك تلك التي الذي "
    "الذين ما ان انه انها اذا كما قد كان كانت يكون تكون هو هي هم او ام ثم و ب ل ك ف اليوم امس ايضا "
    "لدي له لها لهم به بها فيه فيها عليه عليها منه منها عنه عنها لم لا لن ليس ليست غير عدم دون "
    "لكن".split()
)
# Guidelines, "Actors": a state, its capital and its people are one actor.
_ACTORS = (
    "روسيا روسي روسيه روس موسكو كرملين",
    "اميركا امريكا اميركي امريكي اميركيه امريكيه اميركيين امريكيين واشنطن متحده",
    "اوكرانيا اوكراني اوكرانيه كييف",
    "بريطانيا بريطاني بريطانيه لندن",
    "فرنسا فرنسي فرنسيه باريس",
    "المانيا الماني المانيه برلين",
    "صين صيني صينيه بكين",
    "ايران ايراني ايرانيه طهران",
    "سوريا سوري سوريه دمشق",
    "تركيا تركي تركيه انقره",
    "كوبا كوبي كوبيه هافانا",
    "مصر مصري مصريه قاهره",
    "سعوديه سعودي رياض",
    "ترمب ترامب",
)
_SYNONYMS = ("محادثات مفاوضات مباحثات حوار مناقشات نقاش", "حرب قتال صراع نزاع")
_CANONICAL = {word: line.split()[0] for line in _ACTORS + _SYNONYMS for word in line.split()}
_ACTOR_NAMES = frozenset(line.split()[0] for line in _ACTORS)


def _cue(stems: str) -> re.Pattern[str]:
    """A pattern for the words of these stems, also with the letters that conjugate a verb."""
    return re.compile(rf"س?[يتنا]?(?:{'|'.join(stems.split())})(?:ت|ا|وا|ون|ه|ها|هم)?")


_NEGATION = _cue("لم لن لا ليس لست غير عدم دون بلا الا")
_DENIAL = _cue("نفي نفت رفض كذب مزيف نكر عارض فشل نتقد ستبعد")
_SEEKING = _cue(
    "سعي حاول محاول مكن ريد بحث خطط خطه قتراح مقترح توقع ربما طلب طالب دعا دعو درس احتمال عمل جب"
)
_NOT_YET = _cue("بعد لان زال تضح لكن رغم")
# What one side has and the other not, when they disagree: found in the training part of the
# corpus ANS (Khouja 2020), where a couple of these all but settles that two headlines disagree.
_OPPOSITES = tuple(
    (_cue(one), _cue(other))
    for one, other in (
        (
            "رتفع رتفاع زيد زاد زياده صعود صعد رفع فرض علي مكاسب قفز عزز عزيز",
            "نخفض نخفاض هبط هبوط هوي راجع خفض خفف خفيف الغاء ادني خساير تدهور",
        ),
        ("ستمر ستمرار واصل بقي بقاء", "وقف توقف نهاء نهي لغي لغت علق تعليق تاجيل وجل نتهاء"),
        ("نجح نجاح مثمر بناء", "فشل عرقل تعثر"),
        ("سيطر ستعاد ستعيد", "فقد خسر نسحاب نسحب تخلي تخلت تنازل"),
        ("فرج افراج براء سراح اخلاء", "حبس سجن عتقل عتقال اعدام"),
        (
            "توتر هجوم هجمات حرب تصعيد قصف غارات شتباكات خلاف خلافات تهديد",
            "هدوء نفراج سلام تعاون تفاق توافق",
        ),
        ("مقتل قتل قتلي مصرع وفا ضحايا قتيل جرحي", "نجا سلام نجو"),
        (
            "وافق موافق ويد ايد تاييد دعم شيد شاد رحب ترحيب قبل قبول مستعد ستعداد طالب سمح",
            "رفض نفي نفت نكر عارض معارض نتقد نتقاد دين ادان ستبعد ستبعاد منع تجاهل حظر",
        ),
        ("اكد وكد صحيح", "كذب مزيف زعم مزاعم شايعات"),
    )
)


class _Question(NamedTuple):
    """A yes-or-no question about a pair, and what speaks for the answer."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    features: tuple[str, ...]


_QUESTIONS = (
    _Question(
        yes=("agree", "disagree", "discuss"),
        no=("unrelated",),
        features=(
            "document", "lead_recall", "best_recall", "near_recall", "best_precision", "near_topic",
            "near_actors", "text_run",
        ),
    ),
    _Question(
        yes=("agree", "disagree"),
        no=("discuss",),
        features=(
            "document", "best_recall", "text_recall", "best_topic", "worst_miss", "near_first",
            "seeking", "not_yet",
        ),
    ),
    _Question(
        yes=("disagree",),
        no=("agree",),
        features=(
            "against", "against_recall", "opposites", "negation", "denial", "denied_claim",
            "near_tail", "near_first", "near_actors", "not_yet", "best_recall",
        ),
    ),
)  # fmt: skip


class LinearStance:
    """Answers the three questions in turn; the probabilities multiply."""

    def __init__(self) -> None:
        self._sentences_with: Counter[str] = Counter()
        self._n_sentences = 0
        self._models: list[Pipeline] = []

    def fit(
        self, task: Task, train: Sequence[StanceRow], validation: Sequence[StanceRow], *, seed: int
    ) -> None:
        """Count the words, then fit each question on the rows that it is asked about."""
        del task
        rows = (*train, *validation)
        # A set: a page stands in as many rows as there are claims about it.
        sentences = {sentence for row in rows for sentence in _sentences(row.text)}
        self._n_sentences = len(sentences)
        self._sentences_with = Counter(
            form
            for sentence in sentences
            for form in {form for word in name_tokens(sentence) for form in _forms(word)}
        )
        features = [self._features(row) for row in rows]
        self._models = []
        for question in _QUESTIONS:
            asked = [i for i, row in enumerate(rows) if row.label in question.yes + question.no]
            answers = [rows[i].label in question.yes for i in asked]
            # Balanced: macro F1 counts the rare labels as much as `unrelated`.
            model = make_pipeline(
                StandardScaler(),
                LogisticRegression(C=0.1, class_weight="balanced", random_state=seed),
            )
            if len(set(answers)) == 1:
                model = make_pipeline(DummyClassifier(strategy="prior"))
            self._models.append(model.fit(_matrix(question, [features[i] for i in asked]), answers))

    def predict(self, task: Task, rows: Sequence[StanceRow]) -> Iterator[StancePrediction]:
        """Give the most probable label."""
        del task
        for row in rows:
            features = [self._features(row)]
            related, sided, against = (
                _probability(model, _matrix(question, features))
                for question, model in zip(_QUESTIONS, self._models, strict=True)
            )
            scores = {
                "agree": related * sided * (1 - against),
                "disagree": related * sided * against,
                "discuss": related * (1 - sided),
                "unrelated": 1 - related,
            }
            yield StancePrediction(
                id=row.id, label=max(scores, key=scores.__getitem__), scores=scores
            )

    def _rarity(self, word: str) -> float:
        """The inverse sentence frequency of a word in its most frequent form."""
        seen = max(self._sentences_with[form] for form in _forms(word))
        return math.log((self._n_sentences + 2) / (1 + seen))

    def _features(self, row: StanceRow) -> Mapping[str, float]:
        """How the text, its best sentence and the sentences near that match the claim."""
        claim = _content(row.claim)
        weight = np.array([self._rarity(word) for word in claim])
        weight /= weight.sum()
        is_actor = np.array([not _forms(word).isdisjoint(_ACTOR_NAMES) for word in claim])
        topic = weight * ~is_actor / max(1e-9, (weight * ~is_actor).sum())

        sentences = _sentences(row.text)
        found = np.array([_alignment(row.claim, sentence).max(axis=1) for sentence in sentences])
        hits = found >= _SAME
        best_index = int(np.argmax((weight * found * hits).sum(axis=1)))
        best, best_sentence = hits[best_index], sentences[best_index]
        text = hits.any(axis=0)
        # A document opens with what it is about; a statement is read with its own sentence.
        around = sentences[:1] if row.context is None else _sentences(row.context)
        near_found = np.max(
            [found[best_index], *(_alignment(row.claim, s).max(axis=1) for s in around)], axis=0
        )
        near = near_found >= _SAME

        alignment = _alignment(row.claim, best_sentence)
        words = name_tokens(best_sentence)
        shared = np.flatnonzero(alignment.max(axis=0) >= _SAME)
        reached = [
            word
            for i, word in enumerate(words)
            if ((shared - i <= _REACH) & (i - shared <= 1)).any()
        ]
        claim_words = name_tokens(row.claim)
        said = words
        if row.context is not None:
            said = words + [
                word for word in name_tokens(row.context) if word not in set(name_tokens(row.text))
            ]
        opposites = sum(
            _has(claim_words, one)
            and not _has(claim_words, other)
            and _has(said, other)
            and not _has(said, one)
            for pair in _OPPOSITES
            for one, other in (pair, pair[::-1])
        )
        against = opposites > 0 or _has(claim_words, _NEGATION) != _has(reached, _NEGATION)
        features = {
            "document": row.granularity == "document",
            "lead_recall": (weight * hits[0]).sum(),
            "best_recall": (weight * best).sum(),
            "text_recall": (weight * text).sum(),
            "near_recall": (weight * near).sum(),
            "best_precision": len(shared) / max(1, len(_content(best_sentence))),
            "best_topic": (topic * best).sum(),
            "near_topic": (topic * near).sum(),
            "near_actors": near[is_actor].mean() if is_actor.any() else 0.5,
            "near_first": near_found[0],
            "near_tail": near[len(near) // 2 :].mean(),
            "worst_miss": (weight * (1 - found[best_index])).max(),
            "text_run": _longest_run(text) / len(text),
            "against": against,
            "against_recall": against * (weight * best).sum(),
            "opposites": opposites,
            **{
                name: _has(said, cue) and not _has(claim_words, cue)
                for name, cue in (
                    ("negation", _NEGATION),
                    ("denial", _DENIAL),
                    ("seeking", _SEEKING),
                    ("not_yet", _NOT_YET),
                )
            },
            "denied_claim": _has(claim_words, _DENIAL) and not _has(said, _DENIAL),
        }
        return {name: float(value) for name, value in features.items()}


def _matrix(question: _Question, features: Sequence[Mapping[str, float]]) -> Array:
    return np.array([[row[name] for name in question.features] for row in features])


def _probability(model: Pipeline, features: Array) -> float:
    return float(model.predict_proba(features)[0] @ model.classes_)


@lru_cache(maxsize=4096)
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in sentence_spans(text)) or (text,)


def _content(text: str) -> list[str]:
    return [word for word in name_tokens(text) if word not in _STOP]


@lru_cache(maxsize=65536)
def _forms(word: str) -> frozenset[str]:
    return frozenset(_CANONICAL.get(form, form) for form in without_proclitics(word))


@lru_cache(maxsize=65536)
def _bigrams(word: str) -> frozenset[str]:
    bare = re.sub("^[وف]?(?:[بك]?ال|لل)(?=...)", "", word)
    return frozenset(bare[i : i + 2] for i in range(len(bare) - 1)) or frozenset(bare)


@lru_cache(maxsize=2**18)
def _similarity(one: str, other: str) -> float:
    """1 for two forms of a word, else Dice's coefficient of the letter bigrams."""
    if not _forms(one).isdisjoint(_forms(other)):
        return 1.0
    first, second = _bigrams(one), _bigrams(other)
    return 2 * len(first & second) / (len(first) + len(second))


@lru_cache(maxsize=65536)
def _alignment(claim: str, sentence: str) -> Array:
    """The similarities of the claim's content words (rows) and the sentence's words (columns)."""
    words = name_tokens(sentence) or [""]
    return np.array(
        [
            [0.0 if word in _STOP or not word else _similarity(wanted, word) for word in words]
            for wanted in _content(claim)
        ]
    )


@lru_cache(maxsize=2**18)
def _is_cue(word: str, cue: re.Pattern[str]) -> bool:
    return any(cue.fullmatch(form) for form in without_proclitics(word))


def _has(words: Sequence[str], cue: re.Pattern[str]) -> bool:
    return any(_is_cue(word, cue) for word in words)


def _longest_run(hits: npt.NDArray[np.bool_]) -> int:
    runs = "".join("x" if hit else " " for hit in hits).split()
    return max(map(len, runs), default=0)
