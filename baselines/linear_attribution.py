"""Source attribution: linear classifiers around a small grammar of Arabic news.

One classifier finds the cues, the words that report speech. The grammar says where the source
stands beside a cue and where the content starts; another classifier decides where it ends, a
third one of which type the speaker is. Rules resolve short names and dropped subjects.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from arnews_bench import (
    Attribution,
    AttributionPrediction,
    AttributionRow,
    PredictedAttribution,
    PredictedSpan,
    Span,
    Task,
    TextSpan,
    normalise,
    token_spans,
    without_proclitics,
)

# Each token is of a kind, a character, so that a text is a string and the grammar a few patterns.
# Verbs: `s` of speech and thought, `a` of judging and demanding, `r` of relaying. Words are
# normalised; after a colon stands the stem of the present, if it is not the past without alef,
# and then the participle, if it is not the present with mim (`-` if it means something else).
_VERBS = {
    "s": "قال:قول:قايل اضاف:ضيف اكد:وكد اوضح اشار:شير ذكر اعلن شدد تابع افاد:فيد:- صرح كتب:كتب:- "
    "رد:رد:- لفت:لفت:لافت كشف اردف نوه بين ابلغ حذر هدد تعهد وعد:عد:- زعم:زعم:زاعم ادعي اقر اعترف "
    "جدد كرر علق اعرب عبر اخبر اختتم سال:سال:- استطرد اظهر اعتبر راي:ري راو:رو اعتقد ظن:ظن:- توقع "
    "ادرك رجح امل:امل:- عد:عد:- علم:علم:- استبعد",
    "a": "طالب دعا:دعو:داعي حث:حث:- امر:امر:- طلب:طلب:- اتهم:تهم رفض:رفض:رافض انتقد:نتقد اشاد:شيد "
    "رحب وافق ادان:دين:- ندد ايد:ويد اقترح:قترح:- قرر عارض نفي وصف:صف:واصف علل",
    "r": "نقل:نقل:ناقل",
}
_WORDS = {
    "n": "قوله قولها قولهم",
    "f": "وفق وفقا بحسب حسب طبقا نقلا استنادا",
    "c": "ان انه انها انهم انهما اننا اني بان بانه بانها بانهم بانهما",
    "p": "في علي عن الي من مع عبر خلال بعد قبل حول بشان ضد منذ امام عقب لدي نحو بين",
    "x": "لا لم لن ما ليس",
    "l": "الذي التي الذين",
    "u": "كان كانت قد سوف",
    "j": "فيما بينما حيث اذ اذا لكن لكنه لكنها الا كما دون ثم او غير",
    "t": "اليوم امس السبت الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه مساء صباح",
    "T": "رييس رييسه وزير وزيره نايب مستشار مدير مسوول مسوولون متحدث متحدثه ناطق قايد مبعوث "
    "ممثل سفير امين عضو جنرال ادميرال اميرال قاضي",
    "B": "وزاره خارجيه دفاع اداره حكومه مجلس حزب منظمه حركه جيش",
    "M": "وكاله شبكه قناه صحيفه موقع رويترز بلومبرغ بلومبرج تلفزيون اذاعه",
    "U": "مصادر مصدر اشخاص شهود",
    "O": "موتمر بيان تصريح مقابله منشور تغريده كلمه خطاب برنامج وقت حديث رساله لقاء اجتماع",
}
_MARKS = {"،": ",", "؛": ",", ":": ":", ".": ".", "؟": ".", "!": ".", "|": "|"}
_CUES = "sarnf:"
_LINKS = ",luxj"
_OTHERS = f"sarf{_LINKS}cpt:.«»|"  # what no noun phrase runs over
# The other kinds: `D` a definite word, `w` any other word, `_` any other mark, `«` and `»` the
# marks of a quotation, `|` the edge of the text.
_NOUN = r"(?:[nTBUO_w]|M(?:«[^»]*»)?)"
# "The spokesman in the ministry" is one phrase, "the spokesman in a statement" is not; and after
# a name that follows definite words, the next definite word starts the object.
_NOUNS = rf"(?:T{_NOUN}*(?:[nTBMUO_D]|p(?!O))*|{_NOUN}*[nTBMUO_D]*)(?:w{_NOUN}*)?"
_PHRASE = re.compile(rf"[nTBMUO_Dw]+(?=c)|{_NOUNS}(?:,(?=[TBMUODw]){_NOUNS}(?=[,c]))*")
_PHRASE_BEFORE = re.compile(rf"([^{_OTHERS}]*)[{_LINKS}]*$")
_NAME = re.compile(r"^w{2,3}|(?<=[D,])w{1,3}")
_CONTENT = re.compile(r"(?<=c).|(?<=:)«|«[^»]{4}")
_CLAUSE_AHEAD = re.compile(r"[^sar.]{,13}c")
_QUOTATION = re.compile(r'«[^«»\n]+»|“[^“”\n]+”|"(?=\S)[^"\n]+(?<=\S)"')
_SAME = 0.8  # contents that share this much are one
_NOBODY = "غير محدد"

Features: TypeAlias = dict[str, float]


def _inflections() -> dict[str, tuple[str, str]]:
    """Form → kind and inflection: gender `m` or `f`; after `p` of a participle; `i` for I, we."""
    table = {word: (kind, "") for kind, words in _WORDS.items() for word in words.split()}
    for kind, lemmas in _VERBS.items():
        for past, *stems in (lemma.split(":") for lemma in lemmas.split()):
            present = stems[0] if stems else past.removeprefix("ا")
            participle = stems[1] if len(stems) > 1 else "م" + present
            forms = [(past + end, "f" if end == "ت" else "m") for end in ("", "ت", "وا", "ا", "تا")]
            forms += [(participle + end, "pm") for end in ("", "ا", "ين", "ون")]
            forms += [(participle + "ه", "pf"), (past + "نا", "i")]
            for prefix, gender in ("يm", "تf", "نi", "اi"):
                forms += [(prefix + present + end, gender) for end in ("", "ون", "ان", "وا")]
            for form, inflection in forms:
                table.setdefault(form, (kind, inflection))
    return table


_TABLE = _inflections()


class _Report(NamedTuple):
    cue: int
    source: Span  # empty if the subject is dropped
    content: Span


class _Speaker(NamedTuple):
    name: str
    phrase: Span
    gender: str
    cue: int


class _Text:
    """A document as tokens, and the grammar; a `Span` stands for a range of tokens here.

    Two tokens of the kind `|` follow the last one, so that no look at a neighbour, behind the end
    or before the start (index -1), needs a check.
    """

    def __init__(self, row: AttributionRow) -> None:
        self.raw = row.text
        self.spans = token_spans(row.text)
        self.words = [normalise(row.text[start:end]) or "?" for start, end in self.spans]
        self.words += ["|", "|"]
        self.forms = [without_proclitics(word) for word in self.words]
        index = {span.start: i for i, span in enumerate(self.spans)}
        quotations = [match.span() for match in _QUOTATION.finditer(row.text)]
        self.closing = [0] * len(self.words)  # the mark that closes the quotation around a token
        self.partner: dict[int, int] = {}  # from each mark of a quotation to the other
        for opening, closing in ((index[start], index[end - 1]) for start, end in quotations):
            self.partner |= {opening: closing, closing: opening}
            self.closing[opening + 1 : closing] = [closing] * (closing - opening - 1)
        readings = [self._reading(i) for i in range(len(self.words))]
        self.kinds = "".join(kind for kind, _ in readings)
        self.inflections = [inflection for _, inflection in readings]
        ends = [end for _, end in row.sentences]
        sentence = np.searchsorted(ends, [span.start for span in self.spans], side="right")
        self.first: list[int] = np.searchsorted(sentence, sentence).tolist()
        self.limit: list[int] = np.searchsorted(sentence, sentence, side="right").tolist()

    def _reading(self, i: int) -> tuple[str, str]:
        """Kind and inflection of a token."""
        word = self.words[i]
        if i in self.partner:
            return "«" if self.partner[i] > i else "»", ""
        if not word[0].isalnum():
            return _MARKS.get(word, "_"), ""
        bare = word[1:] if word[0] in "وف" and word[1:] else word
        for form in (word, bare, bare.removeprefix("س")):
            if form in _TABLE:
                return _TABLE[form]
        for form in sorted(self.forms[i]):
            if form in _TABLE and _TABLE[form][0] in "nTBMUO":
                return _TABLE[form]
        return "D" if bare.startswith(("ال", "لل", "بال")) else "w", ""

    def tokens_of(self, *spans: TextSpan) -> Span:
        """The tokens from the first to the last of some spans."""
        start, end = spans[0].start, spans[-1].end
        inside = [i for i, span in enumerate(self.spans) if span.start < end and span.end > start]
        return Span(inside[0], inside[-1] + 1)

    def offsets(self, start: int, end: int) -> PredictedSpan:
        """Where a range of tokens stands in the text."""
        return PredictedSpan(start=self.spans[start].start, end=self.spans[end - 1].end)

    def head(self, attribution: Attribution) -> int:
        """The token of a gold cue that is to be found."""
        cue = self.tokens_of(attribution.cue)
        return next((i for i in range(*cue) if self.kinds[i] in _CUES), cue.end - 1)

    def source(self, cue: int) -> Span:
        """The noun phrase beside a cue that names the speaker; empty if there is none."""
        kind, inflection, after = self.kinds[cue], self.inflections[cue], cue + 1
        first, limit = self.first[cue], self.limit[cue]
        if kind == ":":
            return Span(first, cue)
        if inflection[:1] in ("p", "i"):
            return Span(after, after)
        if kind == "n" and "عن" in self.words[first:cue]:
            return Span(cue - self.words[first:cue][::-1].index("عن"), cue)
        if kind == "r" and "عن" in self.words[after : limit - 1]:
            after = self.words.index("عن", after) + 1
        before = _PHRASE_BEFORE.search(self.kinds, first, cue)
        if before and before[1] and inflection and self._is_subject(before.start(), cue):
            return Span(*before.span(1))
        return self.phrase(after)

    def phrase(self, start: int) -> Span:
        """The noun phrase that starts at a token, with its appositions; it may be empty."""
        match = _PHRASE.match(self.kinds, start, self.limit[start - 1])
        return Span(*match.span()) if match else Span(start, start)

    def _is_subject(self, start: int, cue: int) -> bool:
        """Whether the noun phrase before a verb is its subject, which more often follows it."""
        if self.words[cue][0] in "وف" and self.kinds[cue - 1] not in "wD":
            return False
        closed = self.kinds[cue - 1] == "l" or self.kinds[cue + 1] in "c:«"
        headline, present = self.first[cue] == 0, self.words[cue][0] in "يت"
        return closed or self.kinds[start - 1] == "u" or headline or present

    def content_start(self, cue: int, source: Span) -> int:
        """After the complementiser, at a quotation, or at the clause before a parenthesis."""
        kind, limit, after = self.kinds[cue], self.limit[cue], max(cue + 1, source.end)
        if kind == "f" and self.kinds[cue - 1] == ",":
            return self.first[cue]
        clause = _CONTENT.search(self.kinds, after, limit)
        if clause and kind not in "an":
            return clause.start()
        return next((i for i in range(after, limit) if self.kinds[i] not in "t,:pc"), limit - 1)

    def content_ends(self, cue: int, start: int) -> list[int]:
        """Where a content can end; the last is the end of the quotation or of the sentence."""
        limit = cue if start < cue else self.closing[start] or self.limit[start]
        after = self.partner.get(start, 0) + 1
        if after > start and (after == limit or self.kinds[after] in ",."):
            limit = after
        ends = range(start + 1, limit + 1)
        return [end for end in ends if self.kinds[end - 1] not in ",."] or [start + 1]

    def via(self, report: _Report) -> PredictedSpan | None:
        """The outlet in the sentence that is neither the source nor in the content."""
        cue, source, content = report
        for i in range(self.first[cue], self.limit[cue]):
            near = self.kinds[i - 1] in "sarp" or self.words[i][0] == "ل"
            taken = i in range(*source) or i in range(*content)
            if self.kinds[i] == "M" and near and not taken:
                return self.offsets(i, max(i + 1, self.phrase(i).end))
        return None

    def name(self, phrase: Span) -> str:
        """The proper name in a noun phrase: plain words at its start or after a definite word."""
        match = _NAME.search(self.kinds[slice(*phrase)])
        start, end = phrase
        if match and self.kinds[start] not in "BMU":
            start, end = start + match.start(), start + match.end()
        return self.raw[self.spans[start].start : self.spans[end - 1].end]

    def known(self, phrase: Span, speakers: Sequence[_Speaker]) -> _Speaker | None:
        """The last speaker whose description holds every word of a phrase."""
        wanted, kind = self.forms[slice(*phrase)], self.kinds[phrase.start]
        for speaker in reversed(speakers):
            held = self.forms[slice(*speaker.phrase)]
            if len(wanted) == 1 and kind != "w":
                held = held[:1]  # "the president" is not "the deputy of the president"
            same = (kind == "B") == (self.kinds[speaker.phrase.start] == "B")
            if same and all(any(form & other for other in held) for form in wanted):
                return speaker
        return None


def _speakers(text: _Text, reports: Sequence[_Report]) -> Iterator[_Speaker]:
    """Who speaks in each report; a dropped subject is the last speaker that agrees in gender."""
    speakers: list[_Speaker] = []
    told = {i for report in reports for i in range(*report.content)}
    for cue, source, _ in reports:
        phrase, gender = source, text.inflections[cue][-1:].strip("i")
        if source.start == source.end:
            outer = [speaker for speaker in speakers if speaker.cue not in told] or speakers
            agreeing = [other for other in outer if {other.gender, gender} != {"m", "f"}] or outer
            if agreeing:
                yield agreeing[-1]
                continue
            phrase = text.source(text.first[cue])
            if phrase.start == phrase.end or phrase.end > cue:
                yield _Speaker(_NOBODY, Span(cue, cue + 1), "", cue)
                continue
        known = text.known(phrase, speakers) or _Speaker(text.name(phrase), phrase, gender, cue)
        speakers.append(known._replace(cue=cue, gender=gender or known.gender))
        yield speakers[-1]


def _cue_features(text: _Text, i: int) -> Features:
    kind, limit = text.kinds[i], text.limit[i]
    clause = _CLAUSE_AHEAD.match(text.kinds, i + 1, limit) is not None
    quotation = "«" in text.kinds[i + 1 : min(i + 14, limit)]
    names = [
        *(f"form {form}" for form in text.forms[i]), f"kind {kind}",
        f"{kind} {text.inflections[i]}", f"{kind} inside {text.closing[i] > 0}",
        f"{kind} next {text.kinds[i + 1]}", f"{kind} previous {text.kinds[i - 1]}",
        f"clause {clause}", f"{kind} clause {clause}", f"{kind} quotation {quotation}",
    ]  # fmt: skip
    return dict.fromkeys(names, 1.0)


def _end_features(text: _Text, cue: int, start: int, end: int, *, last: bool) -> Features:
    kind, inner = text.kinds[end], text.kinds[start:end]
    follows = f"{text.kinds[end + 1]} {text.inflections[end + 1]} {text.words[end + 1][0]}"
    names = [
        f"last {last}", f"last {last} {text.kinds[start]}", f"|{kind}", f"|{text.words[end]}",
        f"|{kind} {follows}", f"|{kind} {text.kinds[end + 1]}", f"|{kind} {text.words[end + 1]}",
        f"{text.kinds[cue]} |{kind}", f"size {(end - start) // 4}",
        f"commas {min(inner.count(','), 3)}", f"balance {inner.count('«') - inner.count('»')}",
    ]  # fmt: skip
    return dict.fromkeys(names, 1.0)


def _ends(text: _Text, cue: int, start: int) -> tuple[list[int], list[Features]]:
    ends = text.content_ends(cue, start)
    return ends, [_end_features(text, cue, start, end, last=end == ends[-1]) for end in ends]


def _type_features(name: str, kind: str) -> Features:
    words = normalise(name).split()
    names = [f"form {form}" for word in words for form in without_proclitics(word)]
    return dict.fromkeys([*names, kind, f"size {len(words)}", f"{kind} {len(words)}"], 1.0)


class _Classifier:
    """Logistic regression on named features."""

    def __init__(self, examples: Sequence[tuple[Features, object]], seed: int) -> None:
        features, labels = zip(*examples, strict=True)
        self._names = DictVectorizer()
        self._model = LogisticRegression(max_iter=2000, random_state=seed)
        self._model.fit(self._names.fit_transform(features), labels)

    def label(self, features: Features) -> object:
        """The most probable label."""
        return self._model.predict(self._names.transform([features]))[0]

    def best(self, features: Sequence[Features]) -> int:
        """Which of several is most probably True."""
        return int(np.argmax(self._model.predict_proba(self._names.transform(features))[:, 1]))


class LinearAttribution:
    """Finds the cues of a document, and source, content and speaker of each."""

    def fit(
        self,
        task: Task,
        train: Sequence[AttributionRow],
        validation: Sequence[AttributionRow],
        *,
        seed: int,
    ) -> None:
        """Learn what a cue is, where a content ends and of which type a speaker is."""
        del task
        cues: list[tuple[Features, object]] = []
        ends: list[tuple[Features, object]] = []
        types: list[tuple[Features, object]] = []
        texts = [(_Text(row), row.attributions) for row in (*train, *validation)]
        self._lexicon = {text.words[text.head(item)] for text, items in texts for item in items}
        for text, items in texts:
            heads = {text.head(item) for item in items}
            cues += [(_cue_features(text, i), i in heads) for i in self._candidates(text)]
            for item in items:
                cue, (start, end) = text.head(item), text.tokens_of(*item.content)
                if text.partner.get(start - 1) == end:
                    start, end = start - 1, end + 1
                possible, features = _ends(text, cue, start)
                ends += zip(features, (i == end for i in possible), strict=True)
                kind = text.kinds[text.tokens_of(item.source).start] if item.source else "w"
                types.append((_type_features(item.source_name, kind), item.source_type))
        self._cue, self._end = _Classifier(cues, seed), _Classifier(ends, seed)
        self._type = _Classifier(types, seed)

    def predict(
        self, task: Task, rows: Sequence[AttributionRow]
    ) -> Iterator[AttributionPrediction]:
        """Find the attributions of each document."""
        del task
        for row in rows:
            text = _Text(row)
            reports = list(self._reports(text))
            speakers = _speakers(text, reports)
            answers = [self._answer(text, report, next(speakers)) for report in reports]
            yield AttributionPrediction(id=row.id, attributions=tuple(answers))

    def _candidates(self, text: _Text) -> Iterator[int]:
        for i in range(len(text.spans) - 1):
            known = text.kinds[i] in _CUES or text.words[i] in self._lexicon
            # Of "quoted him as saying" the second verb counts; "as Reuters said" is no cue.
            quoting = text.kinds[i] == "r" and "n" in text.kinds[i : text.limit[i]]
            if known and not quoting and text.kinds[i - 2 : i] != "fx":
                yield i

    def _reports(self, text: _Text) -> Iterator[_Report]:
        told: list[set[int]] = []
        for cue in self._candidates(text):
            if not self._cue.label(_cue_features(text, cue)):
                continue
            source = text.source(cue)
            start = text.content_start(cue, source)
            ends, features = _ends(text, cue, start)
            content = Span(start, ends[self._end.best(features)])
            tokens = {i for i in range(*content) if text.words[i][0].isalnum()} - {cue}
            # Of two cues for the same content the first one counts.
            if tokens and all(len(tokens & other) < _SAME * len(tokens | other) for other in told):
                told.append(tokens)
                yield _Report(cue, source, content)

    def _answer(self, text: _Text, report: _Report, speaker: _Speaker) -> PredictedAttribution:
        cue, source, (start, end) = report
        mode = "mixed" if "«" in text.kinds[start:end] else "indirect"
        if text.partner.get(start) == end - 1:
            start, end, mode = start + 1, end - 1, "direct"
        negated = text.kinds[cue - 1] == "x"
        compound = text.words[cue + 1] in ("قايلا", "قايله", "بالقول")
        kind = text.kinds[speaker.phrase.start]
        return PredictedAttribution(
            content=(text.offsets(start, end),),
            source_name=speaker.name,
            cue=text.offsets(cue - negated, cue + 1 + compound),
            source=text.offsets(*source) if source.start < source.end else None,
            via=text.via(report),
            source_type=str(self._type.label(_type_features(speaker.name, kind))),
            mode=mode,
        )
