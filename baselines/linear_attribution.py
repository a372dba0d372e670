"""Source attribution by small linear models that choose among candidates.

A classifier finds the cues. Linear models then choose, in this order, the source beside a cue,
where the content starts and where it ends; what they see is the syntax of Arabic news, not the
topic. Dropped subjects and short names are resolved by rules within the document.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from arnews_bench import (
    Attribution,
    AttributionPrediction,
    AttributionRow,
    PredictedAttribution,
    PredictedSpan,
    Task,
    TextSpan,
    normalise,
    token_spans,
    without_proclitics,
)

# General knowledge of news Arabic, normalised: stems of the past, the present and the participle.
_VERBS = {
    "say": "قال:قول:قايل اضاف:ضيف:مضيف اكد:وكد:موكد اوضح:وضح:موضح اشار:شير:مشير ذكر:ذكر:ذاكر "
    "اعلن:علن:معلن شدد:شدد:مشدد تابع:تابع:متابع افاد:فيد:مفيد صرح:صرح:مصرح كتب:كتب:كاتب "
    "لفت:لفت:لافت كشف:كشف:كاشف اردف:ردف:مردف نوه:نوه:منوه بين:بين:مبين ابلغ:بلغ:مبلغ "
    "حذر:حذر:محذر هدد:هدد:مهدد تعهد:تعهد:متعهد وعد:عد:واعد زعم:زعم:زاعم ادعي:دعي:مدعي اقر:قر:مقر "
    "اعترف:عترف:معترف جدد:جدد:مجدد كرر:كرر:مكرر علق:علق:معلق رد:رد:راد اعرب:عرب:معرب عبر:عبر:معبر "
    "نقل:نقل:ناقل اخبر:خبر:مخبر ختم:ختم:خاتم سال:سال:سايل استطرد:ستطرد:مستطرد اظهر:ظهر:مظهر",
    "think": "اعتبر:عتبر:معتبر راي:ري:راي را:رو:راي اعتقد:عتقد:معتقد ظن:ظن:ظان توقع:توقع:متوقع "
    "ادرك:درك:مدرك رجح:رجح:مرجح امل:امل:امل عد:عد:عاد علم:علم:عالم استبعد:ستبعد:مستبعد فهم:فهم:فاهم",
    "act": "طالب:طالب:مطالب دعا:دعو:داعي حث:حث:حاث امر:امر:امر طلب:طلب:طالب اتهم:تهم:متهم "
    "انتقد:نتقد:منتقد اشاد:شيد:مشيد رحب:رحب:مرحب رفض:رفض:رافض وافق:وافق:موافق ادان:دين:مدين "
    "ندد:ندد:مندد اقترح:قترح:مقترح قرر:قرر:مقرر ايد:ويد:مويد عارض:عارض:معارض نفي:نفي:نافي "
    "وصف:صف:واصف علل:علل:معلل",
}
_WORDS = {
    "according": "وفق وفقا بحسب حسب طبقا نقلا استنادا",
    "noun": "قوله قولها قولهم تصريح تصريحات اعلان اتهام دعوه مطالب توقع توقعات رفض التزام تعهد "
    "تحذير قرار قراره",
    "complementiser": " ".join(
        p + s for p in ("ان", "بان") for s in " ه ها هم هما نا ني".split(" ")
    ),
    "preposition": "في علي عن الي من مع عبر خلال بعد قبل حول بشان ضد منذ امام بين عقب لدي نحو",
    "negation": "لا لم لن ما ليس",
    "relative": "الذي التي الذين اللذين",
    "auxiliary": "كان كانت قد سوف",
    "conjunction": "فيما بينما حيث اذ لكن لكنه لكنها الا كما دون ثم او غير",
    "time": "اليوم امس السبت الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه مساء صباح",
    "title": "رييس رييسه وزير وزيره نايب مستشار مدير مسوول مسوولون متحدث متحدثه ناطق قايد مبعوث ممثل "
    "سفير امين عضو جنرال ادميرال قاضي",
    "body": "وزاره خارجيه دفاع اداره حكومه مجلس حزب منظمه حركه جيش",
    "media": "وكاله شبكه قناه صحيفه موقع رويترز بلومبرغ بلومبرج تلفزيون اذاعه",
    "anonymous": "مصادر مصدر اشخاص شهود",
}
_SPEECH = ("say", "think", "act", "according", "noun")
_OPENS = {"«": "»", "“": "”", '"': '"'}
_MARKS = {"،": "comma", "؛": "comma", ":": "colon", ".": "stop", "؟": "stop", "!": "stop"}
_FAR = 60


def _inflections() -> dict[str, tuple[str, str]]:
    """Normalised form → kind of word and inflection; of two readings the first counts."""
    table = {w: (kind, "word") for kind, words in _WORDS.items() for w in words.split()}
    for kind, lemmas in _VERBS.items():
        for past, present, participle in (lemma.split(":") for lemma in lemmas.split()):
            forms = [(past + s, "f" if s == "ت" else "m") for s in " ت وا نا ا تا".split(" ")]
            for prefix in "يتن":
                gender = "f" if prefix == "ت" else "m"
                forms += [(prefix + present + s, gender) for s in " ون ان وا".split(" ")]
            forms += [(participle + s, "part") for s in " ا ه ين ون".split(" ")]
            for form, inflection in forms:
                table.setdefault(form, (kind, inflection))
    return table


_TABLE = _inflections()


class _Range(NamedTuple):
    """A half-open range of tokens."""

    start: int
    end: int


class _Text:
    """A document as tokens with what the models ask about each of them."""

    def __init__(self, row: AttributionRow) -> None:
        self.raw = row.text
        self.spans = token_spans(row.text)
        self.words = [normalise(row.text[s:e]) or row.text[s:e] for s, e in self.spans]
        self.forms = [without_proclitics(word) for word in self.words]
        self.partner = self._quotations()
        self.kinds = [self._kind(i) for i in range(len(self.words))]
        ends = np.array([end for _, end in row.sentences])
        self.sentence = np.searchsorted(ends, [span.start for span in self.spans], side="right")
        self.first = np.searchsorted(self.sentence, self.sentence, side="left")
        self.last = np.searchsorted(self.sentence, self.sentence, side="right") - 1
        inside = [0] * (len(self.words) + 1)
        for opening, closing in self.partner.items():
            if opening < closing:
                inside[opening + 1 : closing] = [closing] * (closing - opening - 1)
        self.closing = inside  # the closing mark of the quotation around a token, or 0

    def __len__(self) -> int:
        return len(self.words)

    def _quotations(self) -> dict[int, int]:
        """Both ways between the marks of a quotation; a mark without a partner is left out."""
        partner: dict[int, int] = {}
        pending: dict[str, int] = {}
        for i, (start, end) in enumerate(self.spans):
            mark = self.raw[start:end]
            if "\n" in self.raw[self.spans[i - 1].end if i else 0 : start]:
                pending = {}
            if mark in _OPENS and (mark != '"' or self._opens(i)):
                pending[_OPENS[mark]] = i
            elif mark in pending:
                opening = pending.pop(mark)
                partner |= {opening: i, i: opening}
        return partner

    def _opens(self, i: int) -> bool:
        start, end = self.spans[i]
        before, after = self.raw[start - 1 : start] or " ", self.raw[end : end + 1] or " "
        clitic = i > 0 and self.spans[i - 1].end == start and len(self.words[i - 1]) < 3  # noqa: PLR2004
        return not after.isspace() and (clitic or not (before.isalnum() or before in ".؟!،؛…"))

    def _kind(self, i: int) -> str:
        word = self.words[i]
        if i in self.partner:
            return "open" if self.partner[i] > i else "close"
        if not word[0].isalnum():
            return _MARKS.get(word, "mark")
        return self.reading(i)[0]

    def reading(self, i: int) -> tuple[str, str]:
        """Kind and inflection of a word; what the lexicon lacks is described by its shape."""
        word = self.words[i]
        bare = (word[1:] if word[0] in "وف" else word) or word
        for form in (word, bare, bare.removeprefix("س"), *sorted(self.forms[i], key=len)):
            kind, inflection = _TABLE.get(form, ("", ""))
            if kind and (form in (word, bare) or kind not in ("complementiser", "preposition")):
                return kind, inflection
        if word[0].isdigit():
            return "number", ""
        definite = bare.startswith(("ال", "لل", "بال"))
        if definite:
            return ("adjective" if word.endswith(("ي", "يه", "يين", "يون")) else "definite"), ""
        return ("present" if bare[0] in "يت" and len(bare) > 3 else "plain"), ""  # noqa: PLR2004

    def at(self, i: int) -> str:
        """Kind of a token; `edge` outside of the text."""
        return self.kinds[i] if 0 <= i < len(self) else "edge"

    def word(self, i: int) -> str:
        """Normalised token; empty outside of the text."""
        return self.words[i] if 0 <= i < len(self) else ""

    def range_of(self, span: TextSpan) -> _Range:
        """The tokens of a gold span."""
        inside = [i for i, (s, e) in enumerate(self.spans) if s < span.end and e > span.start]
        return _Range(inside[0], inside[-1] + 1)

    def string(self, tokens: _Range) -> str:
        """The surface of a range of tokens."""
        return self.raw[self.spans[tokens.start].start : self.spans[tokens.end - 1].end]

    def predicted(self, tokens: _Range | None) -> PredictedSpan | None:
        """A range of tokens as offsets."""
        if tokens is None:
            return None
        return PredictedSpan(
            start=self.spans[tokens.start].start, end=self.spans[tokens.end - 1].end
        )


class _Linear:
    """Logistic regression on sets of feature names."""

    def __init__(self, strength: float, seed: int) -> None:
        self._names = DictVectorizer()
        self._model = LogisticRegression(C=strength, max_iter=2000, random_state=seed)

    def fit(self, features: Sequence[Iterable[str]], labels: Sequence[object]) -> None:
        """Learn to tell the labels apart."""
        x = self._names.fit_transform([dict.fromkeys(names, 1.0) for names in features])
        self._model.fit(x, labels)

    def scores(self, features: Sequence[Iterable[str]]):
        x = self._names.transform([dict.fromkeys(names, 1.0) for names in features])
        return self._model.predict_proba(x)

    def best(self, features):
        return int(np.argmax(self.scores(features)[:, 1]))

    def label(self, features):
        return self._model.classes_[int(np.argmax(self.scores([features])[0]))]


def _bucket(distance: int) -> str:
    sign, size = ("-" if distance < 0 else ""), abs(distance)
    return sign + str(
        size if size < 4 else sum(size >= edge for edge in (4, 6, 9, 14, 20, 30, 45)) + 3
    )


def _complementiser(text: _Text, cue: int) -> str:
    """How far the next complementiser is, before another word of speech."""
    for j in range(cue + 1, text.last[cue] + 1):
        if text.kinds[j] == "complementiser":
            return _bucket(j - cue)
        if text.kinds[j] in ("say", "think", "act", "stop"):
            return "none"
    return "none"


def _cue_features(text: _Text, i: int) -> Iterator[str]:
    kind, inflection = text.kinds[i], text.reading(i)[1] if text.word(i)[0].isalnum() else ""
    verb = kind + inflection
    yield from (f"form {form}" for form in text.forms[i])
    yield from (f"kind {kind}", f"verb {verb}")
    comp = _complementiser(text, i)
    speech = kind in _SPEECH
    after = text.at(i + 1)
    if after in ("say", "think", "act"):
        after = "speech"
    near = [text.at(j) for j in range(i + 1, min(i + 14, text.last[i] + 1))]
    yield from (
        f"comp {comp}",
        f"speech {speech} comp {comp}",
        f"kind {kind} comp {comp != 'none'}",
        f"next {after}",
        f"kind {kind} next {after}",
        f"previous {text.at(i - 1)}",
        f"kind {kind} previous {text.at(i - 1)}",
        f"previous word {text.word(i - 1)}",
        f"speech {speech} quotation {'open' in near}",
        f"kind {kind} colon {'colon' in near}",
        f"speech {speech} first {text.first[i] == i}",
        f"title {text.sentence[i] == 0} kind {kind}",
        f"conjunction {text.word(i)[0] in 'وف'} speech {speech}",
        f"inside {text.closing[i] > 0} speech {speech}",
        f"prefix {text.word(i)[:1]} suffix {text.word(i)[-1:]}",
    )
    if kind == "colon":
        before = [text.at(j) for j in range(text.first[i], i)]
        yield f"colon title {text.sentence[i] == 0} speech {any(k in _SPEECH for k in before)}"
        yield f"colon at {_bucket(i - text.first[i])}"
        yield f"colon comma {'comma' in before} preposition {'preposition' in before}"


_BARRIER = ("complementiser", "colon", "stop", "say", "think", "edge")
_SKIP = ("comma", "relative", "auxiliary", "negation", "adverb")


def _source_candidates(text: _Text, cue: int) -> list[_Range | None]:
    found: list[_Range | None] = [None]
    starts = [cue + 1]
    if text.at(cue + 1) in _SPEECH:
        starts = [cue + 2]
    for j in range(cue + 1, min(cue + 16, text.last[cue] + 1)):
        if text.word(j) == "عن":
            starts.append(j + 1)
        if text.at(j) == "comma":
            starts.append(j + 1)
        if text.at(j) in _BARRIER:
            break
    for start in starts:
        for end in range(start, min(start + 16, text.last[cue] + 1)):
            if text.at(end) in _BARRIER:
                break
            found.append(_Range(start, end + 1))
    end = cue
    while end > text.first[cue] and text.at(end - 1) in _SKIP:
        end -= 1
    for start in range(end - 1, max(end - 14, text.first[cue] - 1), -1):
        if text.at(start) in _BARRIER:
            break
        found.append(_Range(start, end))
    return found


def _source_features(text: _Text, cue: int, c: _Range | None) -> Iterator[str]:
    kind, inflection = text.kinds[cue], text.reading(cue)[1] if text.word(cue)[0].isalnum() else ""
    if c is None:
        yield from (
            "none",
            f"none {kind}",
            f"none {inflection}",
            f"none next {text.at(cue + 1)}",
            f"none next {text.at(cue + 1)} {kind}",
            f"none previous {text.at(cue - 1)}",
            f"none form {text.words[cue]}",
            f"none first {text.first[cue] == cue}",
            f"none next word {text.word(cue + 1)}",
        )
        return
    start, end = c
    side = "after" if start > cue else "before"
    inner = [text.at(j) for j in range(start, end)]
    size = end - start
    yield from (
        side,
        f"{side} {kind}",
        f"{side} {inflection}",
        f"{side} size {_bucket(size)}",
        f"{side} gap {_bucket(start - cue if start > cue else cue - end)}",
        f"{side} first {text.at(start)}",
        f"last {text.at(end - 1)}",
        f"{side} follows {text.at(end)}",
        f"{side} last {text.at(end - 1)} follows {text.at(end)}",
        f"{side} follows {text.at(end)} {text.at(end + 1)}",
        f"{side} comes after {text.at(start - 1)}",
        f"{side} comes after word {text.word(start - 1)}",
        f"{side} follows word {text.word(end)}",
        f"{kind} {side} follows {text.at(end)}",
        f"prefix {text.word(end)[:1]} {kind}",
        f"at sentence start {start == text.first[cue]} {side}",
        f"balanced {inner.count('open') == inner.count('close')}",
        f"first form {text.word(start)}",
        f"fem {text.word(start).endswith(('ه', 'ا'))} {inflection} {side}",
    )
    yield from (f"{side} holds {k}" for k in set(inner[1:]))
    yield from (f"holds {k} x{inner.count(k)}" for k in ("comma", "title", "preposition", "plain"))


def _start_candidates(text: _Text, cue: int, source: _Range | None) -> list[int]:
    limit = text.closing[cue] or text.last[cue] + 1
    inside = range(*source) if source else range(0)
    after = [j for j in range(cue + 1, min(cue + 40, limit)) if j not in inside]
    first = [text.first[cue]] if cue - text.first[cue] > 2 else []
    return [
        j for j in (*after, *first) if text.at(j) not in ("comma", "stop", "close", "colon")
    ] or [min(cue + 1, len(text) - 1)]


def _start_features(text: _Text, cue: int, source: _Range | None, j: int) -> Iterator[str]:
    kind = text.kinds[cue]
    if j < cue:
        yield from (
            "backwards",
            f"backwards {kind}",
            f"backwards {text.at(cue - 1)}",
            f"backwards {kind} {text.at(cue - 1)}",
        )
        return
    anchor = max(cue + 1, source.end) if source else cue + 1
    before = [text.at(k) for k in range(cue + 1, j)]
    previous = text.at(j - 1)
    yield from (
        f"previous {previous}",
        f"{kind} previous {previous}",
        f"word {text.word(j - 1)}",
        f"token {text.at(j)}",
        f"{previous} {text.at(j)}",
        f"distance {_bucket(j - anchor)}",
        f"{kind} {'none' if source is None else 'source'} distance {_bucket(j - anchor)}",
        f"{kind} prefix {text.word(j)[0]} distance {_bucket(j - anchor)}",
        f"complementisers {before.count('complementiser')} {previous}",
        f"quotations {before.count('open')} {text.at(j)} {previous}",
        f"colons {before.count('colon')} {previous}",
        f"commas {min(before.count('comma'), 3)} {previous}",
        f"stops {before.count('stop')}",
        f"speech {sum(k in _SPEECH for k in before)} {previous}",
        f"{kind} {text.at(j)} comp {'complementiser' in before} {_bucket(j - anchor)}",
        f"expected comp {_complementiser(text, cue) != 'none'} {previous}",
    )


def _end_candidates(text: _Text, cue: int, start: int) -> list[int]:
    limit = text.closing[start] or text.last[start] + 1
    if start < cue:
        limit = max(cue, start + 1)
    limit = max(limit, start + 1)
    ends = {j for j in range(start + 1, limit + 1) if text.at(j - 1) not in ("comma", "stop")}
    if text.at(start) == "open":
        ends.add(text.partner[start] + 1)
    return sorted(ends) or [start + 1]


def _end_features(text: _Text, cue: int, start: int, end: int) -> Iterator[str]:
    kind = text.kinds[cue]
    inner = [text.at(j) for j in range(start, end)]
    follows, second = text.at(end), text.at(end + 1)
    quoted = text.at(start) == "open"
    partner = quoted and text.partner[start] == end - 1
    limit = text.closing[start] or text.last[start] + 1
    final = end == limit or (end == limit - 1 and follows == "stop")
    part = text.reading(end + 1)[1] if text.word(end + 1)[:1].isalnum() else ""
    yield from (
        f"quoted {quoted} partner {partner}",
        f"final {final} quoted {quoted}",
        f"final {final} {kind}",
        f"follows {follows}",
        f"follows {follows} {second}",
        f"follows {follows} {second} {part}",
        f"follows word {text.word(end)}",
        f"second word {text.word(end + 1)} {follows == 'comma'}",
        f"last {text.at(end - 1)} {follows}",
        f"size {_bucket(end - start)}",
        f"{kind} size {_bucket(end - start)} {follows}",
        f"balanced {inner.count('open') == inner.count('close')}",
        f"commas {min(inner.count('comma'), 4)}",
        f"speech {sum(k in _SPEECH for k in inner) > 0}",
        f"backwards {start < cue} {end == cue or end == cue - 1}",
        f"title {text.sentence[start] == 0} final {final}",
        f"conj {text.word(end)[:1] in ('و', 'ف')} {follows} {second}",
    )


@dataclass
class _Found:
    cue: int
    source: _Range | None
    content: _Range
    name: str = ""
    gender: str = ""


def _trimmed(text: _Text, content: _Range) -> _Range:
    """Without the quotation marks that enclose the whole."""
    start, end = content
    if end - start > 2 and text.partner.get(start) == end - 1:
        return _Range(start + 1, end - 1)
    return content


def _widened(text: _Text, content: _Range) -> _Range:
    """With the quotation marks that enclose it."""
    start, end = content
    if start and text.partner.get(start - 1) == end:
        return _Range(start - 1, end + 1)
    return content


def _head(text: _Text, cue: _Range) -> int:
    return next((i for i in range(*cue) if text.kinds[i] in _SPEECH), cue.end - 1)


class LinearAttribution:
    """Finds cues, then chooses source and content of each."""

    THRESHOLD = 0.4

    def fit(self, task, train, validation, *, seed):
        del task
        self.cue = _Linear(1.0, seed)
        self.source = _Linear(1.0, seed)
        self.start = _Linear(1.0, seed)
        self.end = _Linear(1.0, seed)
        self.type = _Linear(1.0, seed)
        self.member = _Linear(1.0, seed)
        cues, sources, starts, ends, types, members = (
            ([], []),
            ([], []),
            ([], []),
            ([], []),
            ([], []),
            ([], []),
        )
        for row in (*train, *validation):
            text = _Text(row)
            heads = {_head(text, text.range_of(a.cue)): a for a in row.attributions}
            for i in range(len(text)):
                cues[0].append(list(_cue_features(text, i)))
                cues[1].append(i in heads)
            for i, a in heads.items():
                source = text.range_of(a.source) if a.source else None
                content = _widened(
                    text,
                    _Range(text.range_of(a.content[0]).start, text.range_of(a.content[-1]).end),
                )
                for c in _source_candidates(text, i):
                    sources[0].append(list(_source_features(text, i, c)))
                    sources[1].append(c == source)
                for j in _start_candidates(text, i, source):
                    starts[0].append(list(_start_features(text, i, source, j)))
                    starts[1].append(j == content.start)
                for j in _end_candidates(text, i, content.start):
                    ends[0].append(list(_end_features(text, i, content.start, j)))
                    ends[1].append(j == content.end)
                types[0].append(list(_type_features(a.source_name)))
                types[1].append(a.source_type)
                if source and a.source_name != a.source.text and a.source_type == "person":
                    wanted = normalise(a.source_name).split()
                    for j in range(*source):
                        members[0].append(list(_member_features(text, source, j)))
                        members[1].append(text.words[j] in wanted)
        for model, data in zip(
            (self.cue, self.source, self.start, self.end, self.type, self.member),
            (cues, sources, starts, ends, types, members),
        ):
            model.fit(*data)

    def predict(self, task, rows):
        for row in rows:
            text = _Text(row)
            found = self._found(text)
            yield AttributionPrediction(
                id=row.id, attributions=tuple(self._answer(text, f) for f in found)
            )

    def _found(self, text):
        scores = self.cue.scores([list(_cue_features(text, i)) for i in range(len(text))])[:, 1]
        found = []
        for i in np.flatnonzero(scores >= self.THRESHOLD):
            i = int(i)
            source = self.choose_source(text, i)
            content = self.choose_content(text, i, source)
            found.append(_Found(i, source, content))
        self._resolve(text, found)
        return found

    def choose_source(self, text, i):
        candidates = _source_candidates(text, i)
        return candidates[
            self.source.best([list(_source_features(text, i, c)) for c in candidates])
        ]

    def choose_content(self, text, i, source):
        candidates = _start_candidates(text, i, source)
        start = candidates[
            self.start.best([list(_start_features(text, i, source, c)) for c in candidates])
        ]
        return _Range(start, self.choose_end(text, i, start))

    def choose_end(self, text, i, start):
        candidates = _end_candidates(text, i, start)
        return candidates[
            self.end.best([list(_end_features(text, i, start, c)) for c in candidates])
        ]

    def _name(self, text, source):
        keep = (
            self.member.scores([list(_member_features(text, source, j)) for j in range(*source)])[
                :, 1
            ]
            > 0.5
        )
        js = [j for j, k in zip(range(*source), keep) if k]
        return text.string(_Range(js[0], js[-1] + 1)) if js else text.string(source)

    def _resolve(self, text, found):
        speakers = []
        for f in found:
            text_gender = text.reading(f.cue)[1] if text.kinds[f.cue] != "colon" else ""
            f.gender = text_gender
            if f.source:
                f.name = self._name(text, f.source)
                last = normalise(f.name).split()[-1]
                for s in speakers:
                    if last in normalise(s.name).split() and len(s.name) > len(f.name):
                        f.name = s.name
            else:
                outer = [
                    s
                    for s in speakers
                    if not any(c.content.start <= s.cue < c.content.end for c in found)
                ]
                fit = [
                    s
                    for s in outer
                    if not (
                        s.gender in ("m", "f")
                        and text_gender in ("m", "f")
                        and s.gender != text_gender
                    )
                ]
                f.name = (fit or outer or speakers)[-1].name if speakers else "غير محدد"
                f.gender = ""
            if f.source:
                speakers.append(f)

    def _answer(self, text, f):
        content = _trimmed(text, f.content)
        marks = [text.kinds[j] for j in range(*content)]
        mode = "direct" if content != f.content else "mixed" if "open" in marks else "indirect"
        return PredictedAttribution(
            content=(text.predicted(content),),
            source_name=f.name,
            cue=text.predicted(_Range(f.cue, f.cue + 1)),
            source=text.predicted(f.source),
            source_type=self.type.label(list(_type_features(f.name))),
            mode=mode,
        )


def _type_features(name):
    words = normalise(name).split()
    yield from (f"w {f}" for w in words for f in without_proclitics(w))
    yield f"n {len(words)}"
    yield f"kind {_TABLE.get(words[0], ('?',))[0]}"
    yield f"first def {words[0].startswith('ال')} {len(words)}"


def _member_features(text, source, j):
    yield from (
        text.at(j),
        f"pos {_bucket(j - source.start)}",
        f"from end {_bucket(source.end - j)}",
        f"prev {text.at(j - 1)}",
        f"next {text.at(j + 1)}",
        f"len {source.end - source.start == 1}",
        f"prevs {text.at(j - 1)} {text.at(j)}",
        f"definite before {any(text.at(k) in ('definite', 'adjective', 'title') for k in range(source.start, j))} {text.at(j)}",
        f"title before {any(text.at(k) == 'title' for k in range(source.start, j))} {text.at(j)}",
        f"comma before {any(text.at(k) == 'comma' for k in range(source.start, j))}  {text.at(j)}",
        f"comma after {any(text.at(k) == 'comma' for k in range(j, source.end))}  {text.at(j)}",
        f"repeated {text.words.count(text.words[j]) > 1} {text.at(j)}",
    )
