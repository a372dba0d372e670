"""Flat named entities: a linear classifier of tokens with Viterbi decoding.

Each token is described by its word, its affixes and shape, its neighbours, and what its word was
in the other training documents. Transitions between tags are counted in the training rows.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from arnews_bench import NER_TAGS, NerPrediction, NerRow, Task, normalise, without_proclitics

Features: TypeAlias = dict[str, float]

# Words that tell what stands beside them, normalised. General Arabic, no names.
_CUES: Mapping[str, str] = {
    "title": "رييس رييسه وزير وزيره امير ملك ملكه سيد سيده شيخ دكتور جنرال عقيد لواء عميد "
    "ادميرال اميرال قايد نايب متحدث متحدثه ناطق مستشار مبعوث سفير سيناتور مرشد زعيم مدير امين "
    "محامي قاضي نظيره ممثل مفوض خبير صحافي صحفي رييسين",
    "body": "وزاره شركه حزب جامعه حلف جيش حركه منظمه وكاله مجلس اتحاد بنك مصرف لجنه هييه موسسه "
    "صحيفه شبكه قناه محكمه اداره حكومه برلمان جبهه قوات مركز مكتب جهاز مفوضيه خارجيه امم",
    "place": "مدينه محافظه ولايه اقليم منطقه قريه بلده جزيره بحر نهر جبل مطار ميناء شارع ساحه "
    "ميدان مملكه جمهوريه عاصمه شمال جنوب شرق غرب قطاع دوله دول سفاره قصر مضيق",
    "event": "حرب ازمه معاهده اتفاقيه معركه ثوره غزو قانون كاس بطوله جايزه مهرجان قمه برنامج منصه "
    "تطبيق موقع صاروخ صواريخ لغه صراع نزاع",
    "say": "قال قالت اكد اكدت اعلن اعلنت اضاف اضافت اوضح اوضحت صرح صرحت ذكر ذكرت افاد افادت اشار "
    "اشارت نقلت راي اعتبر اعتبرت تابع شدد شددت كتب كتبت نفي حذر دعا دعت طالب وصف اتهم كشف",
    "time": "يوم امس صباح مساء السبت الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه يناير فبراير "
    "مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر الماضي المقبل الجاري",
    "function": "في من الي علي عن ان انه انها التي الذي الذين هذا هذه ذلك تلك هو هي هم كان كانت "
    "يكون تكون قد لقد لم لن لا ما مع بعد قبل بين حتي كما كل بعض غير اي او ام ثم بل لكن حيث اذا "
    "عند خلال منذ حول ضد دون نحو اكثر احد سوف ليس فيما ايضا بشان بسبب ضمن عبر امام",
}
_CUE = {word: kind for kind, words in _CUES.items() for word in words.split()}
_NISBA = re.compile("(ي|يه|يون|يين|يتين|يات)$")
# Three letters have to be left.
_ENDING = re.compile("(?<=...)(يين|يون|يات|يه|يتين|ي|يا|يان|ا|ه)$")

_LONGEST_AFFIX = 4
_REACH = (-2, -1, 1, 2)
# Weight of word identity beside affixes and shape: less, so that unseen words are not lost.
_WORD = 0.3
# Weight of what a word was in other documents.
_SEEN = 3.0
_COST = 3.0
# A finer optimum costs four times the time and scores no better on the validation rows.
_TOLERANCE = 1e-3
# The share of the tags' own frequency that is taken out of the classifier's scores: the transitions
# bring it in again, and with less of it rare tags are found more often.
_PRIOR = 0.75
_TRANSITION = 0.75
_SMOOTHING = 0.5


class _Word(NamedTuple):
    """What is read off a token alone."""

    form: str
    stem: str
    forms: tuple[str, ...]
    cue: str
    shape: str


@lru_cache(maxsize=200_000)
def _word(token: str) -> _Word:
    form = normalise(token) or token
    forms = without_proclitics(form)
    stem = min(forms, key=lambda f: (len(f), f))
    longest_first = sorted(forms, key=lambda f: (-len(f), f))
    cue = next((_CUE[f] for f in longest_first if f in _CUE), "")
    if not form[0].isalnum():
        shape = "mark " + form
    elif form.isascii():
        shape = "digit" if form[0].isdigit() else "latin"
    else:
        article = any("ال" + f in forms for f in forms)
        nisba = _NISBA.search(form) is not None
        shape = f"article {article:d} nisba {nisba:d} joined {not form.isalnum():d}"
    return _Word(form, stem, tuple(longest_first), cue, shape)


class LinearTagger:
    """Logistic regression over windows of tokens; the best tag sequence by Viterbi."""

    def __init__(self) -> None:
        self._vectorizer = DictVectorizer()
        self._classifier = LogisticRegression(C=_COST, tol=_TOLERANCE, max_iter=300)
        self._gazetteer = _Gazetteer()
        self._start = self._prior = np.zeros(0)
        self._transition = np.zeros((0, 0))

    def fit(
        self, task: Task, train: Sequence[NerRow], validation: Sequence[NerRow], *, seed: int
    ) -> None:
        """Learn emissions, transitions, and what each word was."""
        del task, seed  # nothing is random
        rows = (*train, *validation)
        self._gazetteer = _Gazetteer.of(rows)
        # A row does not see what its own document says of its words: at prediction it will not.
        features = [f for row in rows for f in self._features(row, hide=row.doc_id)]
        tags = np.array([_TAG[tag] for row in rows for tag in row.ner_tags])
        self._classifier.fit(self._vectorizer.fit_transform(features), tags)
        self._start, self._transition, self._prior = _chances(rows)

    def predict(self, task: Task, rows: Sequence[NerRow]) -> Iterator[NerPrediction]:
        """Tag each sentence."""
        del task
        for row in rows:
            emission = self._emission(row)
            path = _viterbi(emission, self._start, self._transition)
            yield NerPrediction(id=row.id, tags=tuple(NER_TAGS[tag] for tag in path))

    def _features(self, row: NerRow, hide: str | None = None) -> Iterator[Features]:
        """The features of each token of a sentence."""
        words = [_word(token) for token in row.tokens]
        seen = [self._gazetteer.features(word, hide) for word in words]
        heads = _heads(words)
        for i, word in enumerate(words):
            found: Features = {"bias": 1.0, **_own(word), **heads[i]}
            found |= {f"seen {name}": _SEEN * value for name, value in seen[i].items()}
            for distance in _REACH:
                j = i + distance
                if 0 <= j < len(words):
                    found |= {f"{distance} {k}": v for k, v in _beside(words[j]).items()}
                else:
                    found[f"{distance} edge"] = 1.0
            for distance in (-1, 1):
                if 0 <= i + distance < len(words):
                    found |= {f"{distance} seen {k}": v for k, v in seen[i + distance].items()}
            yield found

    def _emission(self, row: NerRow) -> npt.NDArray[np.float64]:
        scores = np.full((len(row.tokens), len(NER_TAGS)), -np.inf)
        if row.tokens:  # DictVectorizer refuses an empty list
            matrix = self._vectorizer.transform(list(self._features(row)))
            scores[:, self._classifier.classes_] = self._classifier.predict_log_proba(matrix)
        return scores - self._prior


class _Gazetteer:
    """How often a word had which tag, by document, so that one document can be left out."""

    def __init__(self) -> None:
        self._total: dict[str, Counter[str]] = defaultdict(Counter)
        self._by_document: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    @classmethod
    def of(cls, rows: Sequence[NerRow]) -> Self:
        """Count the tags of the words of training rows."""
        found = cls()
        for row in rows:
            for token, tag in zip(row.tokens, row.ner_tags, strict=True):
                for key in _keys(_word(token)):
                    found._total[key][tag] += 1
                    found._by_document[row.doc_id, key][tag] += 1
        return found

    def features(self, word: _Word, hide: str | None) -> Features:
        """The share of each tag, for the word and for its root; or that it was never seen."""
        found: Features = {}
        for name, key in zip(("form", "stem", "root"), _keys(word), strict=True):
            counts = self._total.get(key, Counter())
            if hide is not None:
                counts = counts - self._by_document.get((hide, key), Counter())
            total = counts.total()
            if not total:
                found[f"{name} new"] = 1.0
            # One more in the denominator: a word that was seen once says less than one of ten.
            found |= {f"{name} {tag}": count / (total + 1) for tag, count in counts.items()}
        return found


def _keys(word: _Word) -> tuple[str, str, str]:
    """A word, without its proclitics, and without its ending: `روسي`, `روسية` and `روسيا` meet."""
    return f"form {word.form}", f"stem {word.stem}", f"root {_ENDING.sub('', word.stem)}"


def _own(word: _Word) -> Features:
    found: Features = {f"form {word.form}": _WORD, f"shape {word.shape}": 1.0}
    found |= {f"word {form}": _WORD for form in word.forms}
    for size in range(1, _LONGEST_AFFIX + 1):
        if len(word.form) > size:
            found[f"prefix {word.form[:size]}"] = found[f"suffix {word.form[-size:]}"] = 1.0
        if len(word.stem) > size and word.stem != word.form:
            found[f"stem {word.stem[:size]}"] = 1.0
    found[f"length {min(len(word.stem), 8)}"] = 1.0
    if word.cue:
        found[f"cue {word.cue}"] = found["cue"] = 1.0
    return found


def _beside(word: _Word) -> Features:
    found: Features = {f"word {word.stem}": _WORD, f"form {word.form}": _WORD}
    found[f"shape {word.shape}"] = 1.0
    found |= {f"prefix {word.form[:2]}": 1.0, f"suffix {word.form[-2:]}": 1.0}
    if word.cue:
        found[f"cue {word.cue}"] = 1.0
    return found


def _heads(words: Sequence[_Word]) -> list[Features]:
    """What opens the phrase that a token stands in: a title, a body, a place or an event.

    Attributes with the article go on a phrase (`وزير الخارجية الروسي`); after them a name begins.
    """
    found: list[Features] = []
    head, distance = "", 0
    for i, word in enumerate(words):
        before = words[i - 1].cue if i else "edge"
        features: Features = {f"before {before} {word.cue} {word.shape}": 1.0}
        if head:
            features[f"head {head}"] = 1.0
            features[f"head {head} {min(distance, 3)} {word.shape}"] = 1.0
        found.append(features)
        if word.cue in {"title", "body", "place", "event"}:
            head, distance = word.cue, 0
        elif word.cue or not word.shape.startswith("article"):
            head = ""
        elif head and word.shape.startswith("article 1"):
            distance += 1
        elif head:
            head = "" if head.startswith("after") else f"after {head}"
    return found


_TAG = {tag: code for code, tag in enumerate(NER_TAGS)}


def _chances(
    rows: Sequence[NerRow],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Weighted log chances: of the first tag, of a tag after a tag, and of a tag alone."""
    size = len(NER_TAGS)
    counts = np.full((size + 1, size), _SMOOTHING)
    for row in rows:
        before = size
        for tag in row.ner_tags:
            counts[before, _TAG[tag]] += 1
            before = _TAG[tag]
    frequency = counts.sum(axis=0)
    for i, before_tag in enumerate((*NER_TAGS, "O")):
        for j, tag in enumerate(NER_TAGS):
            if tag.startswith("I-") and before_tag[1:] != tag[1:]:
                counts[i, j] = 0.0  # an entity starts with B
    with np.errstate(divide="ignore"):
        chances = _TRANSITION * np.log(counts / counts.sum(axis=1, keepdims=True))
    return chances[size], chances[:size], _PRIOR * np.log(frequency / frequency.sum())


def _viterbi(
    emission: npt.NDArray[np.float64],
    start: npt.NDArray[np.float64],
    transition: npt.NDArray[np.float64],
) -> list[int]:
    """The best tag sequence (Viterbi 1967); `emission` has shape (tokens, tags)."""
    if not len(emission):
        return []
    best = start + emission[0]
    backward = []
    for scores in emission[1:]:
        options = best[:, None] + transition
        backward.append(options.argmax(axis=0))
        best = options.max(axis=0) + scores
    path = [int(best.argmax())]
    for pointers in reversed(backward):
        path.append(int(pointers[path[-1]]))
    return path[::-1]
