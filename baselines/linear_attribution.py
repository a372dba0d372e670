"""Source attribution: two linear classifiers around a small grammar of Arabic news.

One classifier finds the cues, the words that report speech. The grammar says where the source and
the content stand beside a cue; the other classifier, which is told what the grammar says, decides
where the content ends. Rules then resolve short names and dropped subjects in the document.
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

# Verbs of speech, thought and judgement, normalised: stem of the past, the present, a participle.
_VERBS = {
    "say": "قال:قول:قايل اضاف:ضيف:مضيف اكد:وكد:موكد اوضح:وضح:موضح اشار:شير:مشير ذكر:ذكر:ذاكر "
    "اعلن:علن:معلن شدد:شدد:مشدد تابع:تابع:متابع افاد:فيد:- صرح:صرح:مصرح كتب:كتب:كاتب رد:رد:- "
    "لفت:لفت:لافت كشف:كشف:كاشف اردف:ردف:مردف نوه:نوه:منوه بين:بين:مبين ابلغ:بلغ:مبلغ حذر:حذر:محذر "
    "هدد:هدد:مهدد تعهد:تعهد:متعهد وعد:عد:واعد زعم:زعم:زاعم ادعي:دعي:مدعي اقر:قر:مقر جدد:جدد:مجدد "
    "اعترف:عترف:معترف كرر:كرر:مكرر علق:علق:معلق اعرب:عرب:معرب عبر:عبر:معبر اخبر:خبر:مخبر "
    "ختم:ختم:مختتم سال:سال:سايل استطرد:ستطرد:مستطرد اظهر:ظهر:مظهر",
    "think": "اعتبر:عتبر:معتبر راي:ري:راي را:رو:راي اعتقد:عتقد:معتقد ظن:ظن:ظان توقع:توقع:متوقع "
    "ادرك:درك:مدرك رجح:رجح:مرجح امل:امل:- عد:عد:- علم:علم:- استبعد:ستبعد:مستبعد",
    "act": "طالب:طالب:مطالب دعا:دعو:داعي حث:حث:حاث امر:امر:- طلب:طلب:- اتهم:تهم:متهم رفض:رفض:رافض "
    "انتقد:نتقد:منتقد اشاد:شيد:مشيد رحب:رحب:مرحب وافق:وافق:موافق ادان:دين:- ندد:ندد:مندد ايد:ويد:مويد "
    "اقترح:قترح:- قرر:قرر:مقرر عارض:عارض:معارض نفي:نفي:نافي وصف:صف:واصف علل:علل:معلل",
    "relay": "نقل:نقل:ناقل",
}
_WORDS = {
    "noun": "قوله قولها قولهم تصريح تصريحات اعلان اتهام دعوه مطالب توقعات التزام تحذير قرار قراره",
    "according": "وفق وفقا بحسب حسب طبقا نقلا استنادا",
    "complementiser": "ان انه انها انهم انهما اننا اني بان بانه بانها بانهم بانهما",
    "preposition": "في علي عن الي من مع عبر خلال بعد قبل حول بشان ضد منذ امام عقب لدي نحو بين",
    "negation": "لا لم لن ما ليس",
    "relative": "الذي التي الذين",
    "auxiliary": "كان كانت قد سوف",
    "conjunction": "فيما بينما حيث اذ اذا لكن لكنه لكنها الا كما دون ثم او غير",
    "time": "اليوم امس السبت الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه مساء صباح",
    "title": "رييس رييسه وزير وزيره نايب مستشار مدير مسوول مسوولون متحدث متحدثه ناطق قايد مبعوث "
    "ممثل سفير امين عضو جنرال ادميرال اميرال قاضي",
    "body": "وزاره خارجيه دفاع اداره حكومه مجلس حزب منظمه حركه جيش",
    "media": "وكاله شبكه قناه صحيفه موقع رويترز بلومبرغ بلومبرج تلفزيون اذاعه",
    "anonymous": "مصادر مصدر اشخاص شهود",
    "occasion": "موتمر بيان تصريح مقابله منشور تغريده كلمه خطاب برنامج وقت حديث رساله لقاء اجتماع",
}
_VERBAL = ("say", "think", "act", "relay")
_SPEECH = (*_VERBAL, "noun", "according")
_NOMINAL = ("noun", "title", "body", "media", "anonymous", "occasion")  # these take clitics
_LINKS = ("comma", "relative", "auxiliary", "negation", "conjunction")
_BREAKS = (
    *_VERBAL, *_LINKS, "according", "complementiser", "colon", "stop", "open", "close", "time",
    "preposition", "edge",
)  # fmt: skip
_MARKS = {"،": "comma", "؛": "comma", ":": "colon", ".": "stop", "؟": "stop", "!": "stop"}
_QUOTATION = re.compile(r'«[^«»\n]+»|“[^“”\n]+”|"(?=\S)[^"\n]+(?<=\S)"')
_TAIL = re.compile(r"فيما(?! يتعلق)|بينما|كما|الا |في اشاره|من دون")
_NOBODY = "غير محدد"
_DAMMA = "\u064f"

_SHORT = 4  # a quotation of fewer words is a name or a term, not a statement
_LONGEST_NAME = 3
_AHEAD = 14
_LEAST_PROBABILITY = 0.5
_SAME = 0.8  # contents that share more of their tokens are one

Features: TypeAlias = dict[str, float]


def _inflections() -> dict[str, tuple[str, str]]:
    """Form → kind and inflection: gender `m` or `f`; after `p` of a participle; `i` for I, we."""
    table = {word: (kind, "") for kind, words in _WORDS.items() for word in words.split()}
    for kind, lemmas in _VERBS.items():
        for past, present, participle in (lemma.split(":") for lemma in lemmas.split()):
            forms = [(past + end, "f" if end == "ت" else "m") for end in ("", "ت", "وا", "ا", "تا")]
            forms += [(participle + end, "pm") for end in ("", "ا", "ين", "ون")]
            forms += [(participle + "ه", "pf"), (past + "نا", "i")]
            for prefix, gender in ("يm", "تf", "نi", "اi"):
                forms += [(prefix + present + end, gender) for end in ("", "ون", "ان", "وا")]
            for form, inflection in forms:
                table.setdefault(form, (kind, inflection))
    return table


_TABLE = _inflections()


class _Text:
    """A document as tokens, each with its kind; a `Span` stands for a range of tokens here.

    Two tokens of the kind `edge` follow the last one, so that no look at a neighbour, behind the
    end or before the start (index -1), needs a check.
    """

    def __init__(self, row: AttributionRow) -> None:
        self.raw = row.text
        self.spans = token_spans(row.text)
        self.surfaces = [row.text[start:end] for start, end in self.spans]
        self.words = [*(normalise(surface) or surface for surface in self.surfaces), " ", " "]
        self.forms = [without_proclitics(word) for word in self.words]
        index = {span.start: i for i, span in enumerate(self.spans)}
        quotations = [match.span() for match in _QUOTATION.finditer(row.text)]
        opened = {index[start]: index[end - 1] for start, end in quotations}
        self.partner = opened | {closing: opening for opening, closing in opened.items()}
        readings = [self._reading(i) for i in range(len(self.words))]
        self.kinds = [kind for kind, _ in readings]
        self.inflections = [inflection for _, inflection in readings]
        ends = [end for _, end in row.sentences]
        sentence = np.searchsorted(ends, [span.start for span in self.spans], side="right")
        self.first = np.searchsorted(sentence, sentence).tolist()
        self.limit = np.searchsorted(sentence, sentence, side="right").tolist()
        self.closing = [0] * len(self.words)  # the mark that closes the quotation around a token
        for opening, closing in opened.items():
            self.closing[opening + 1 : closing] = [closing] * (closing - opening - 1)

    def _reading(self, i: int) -> tuple[str, str]:
        """Kind and inflection of a token."""
        word = self.words[i]
        if i in self.partner:
            return ("open" if self.partner[i] > i else "close"), ""
        if not word[0].isalnum():
            return _MARKS.get(word, "edge" if word == " " else "mark"), ""
        bare = word[1:] if word[0] in "وف" and word[1:] else word
        for form in (word, bare, bare.removeprefix("س")):
            if form in _TABLE:
                return _TABLE[form]
        for form in sorted(self.forms[i], key=len):
            if _TABLE.get(form, ("",))[0] in _NOMINAL:
                return _TABLE[form]
        return ("definite" if bare.startswith(("ال", "لل", "بال")) else "plain"), ""

    def tokens_of(self, *spans: TextSpan) -> Span:
        """The tokens from the first to the last of some spans."""
        start, end = spans[0].start, spans[-1].end
        inside = [i for i, span in enumerate(self.spans) if span.start < end and span.end > start]
        return Span(inside[0], inside[-1] + 1)

    def offsets(self, tokens: Span) -> PredictedSpan | None:
        """Where a range of tokens stands in the text; None if it is empty."""
        if tokens.start >= tokens.end:
            return None
        start, end = self.spans[tokens.start].start, self.spans[tokens.end - 1].end
        return PredictedSpan(start=start, end=end)


class _Report(NamedTuple):
    cue: int
    source: Span  # empty if the subject is dropped
    content: Span


class _Speaker(NamedTuple):
    name: str
    phrase: Span
    gender: str
    cue: int


def _phrase_end(text: _Text, start: int) -> int:
    """Where the noun phrase that starts at a token ends, appositions included."""
    end, determined, named = start, False, False
    while end < text.limit[start]:
        kind = text.kinds[end]
        if kind == "comma" and _is_apposition(text, end + 1):
            determined = named = False
        elif kind == "open" and text.kinds[end - 1] == "media":
            end = text.partner[end]
        elif kind == "preposition" and text.kinds[start] == "title" and not named:
            # "The spokesman in the ministry", but not "the spokesman in a statement".
            if text.kinds[end + 1] == "occasion":
                break
        elif kind in _BREAKS or (kind == "media" and text.words[end][0] == "ل"):
            break
        elif kind == "definite" and named:
            break  # the object that follows a name
        named |= kind == "plain" and determined
        determined |= kind == "definite"
        end += 1
    return end - (end > start and text.kinds[end - 1] == "comma")


def _is_apposition(text: _Text, start: int) -> bool:
    """Whether a comma or a complementiser closes what starts after a comma."""
    rest = text.kinds[start : min(start + _AHEAD, text.limit[start - 1])]
    stop = next((i for i, kind in enumerate(rest) if kind in _BREAKS), 0)
    return stop > 0 and rest[stop] in ("comma", "complementiser")


def _phrase_before(text: _Text, end: int) -> Span:
    """The noun phrase before a verb, over a relative pronoun or an auxiliary between them."""
    first = text.first[end]
    while end > first and text.kinds[end - 1] in _LINKS:
        end -= 1
    start = end
    while start > first and text.kinds[start - 1] not in _BREAKS:
        start -= 1
    return Span(start, end)


def _source(text: _Text, cue: int) -> Span:
    """The noun phrase beside a cue that names the speaker; empty if there is none."""
    kind, inflection, after = text.kinds[cue], text.inflections[cue], cue + 1
    if kind == "colon":
        return Span(text.first[cue], cue)
    if inflection[:1] in ("p", "i") or after == text.limit[cue]:
        return Span(after, after)
    if kind == "noun" and "عن" in text.words[text.first[cue] : cue]:
        return Span(cue - text.words[text.first[cue] : cue][::-1].index("عن"), cue)
    if kind == "relay" and "عن" in text.words[after : text.limit[cue] - 1]:
        after = text.words.index("عن", after) + 1
    before = _phrase_before(text, cue)
    joined = text.words[cue][0] in "وف" and text.kinds[cue - 1] not in ("plain", "definite")
    if inflection and before.start < before.end and not joined and _is_subject(text, before, cue):
        return before
    return Span(after, _phrase_end(text, after))


def _is_subject(text: _Text, before: Span, cue: int) -> bool:
    """Whether the noun phrase before a verb is its subject; most often that one follows."""
    return (
        text.kinds[cue + 1] in ("complementiser", "colon", "open")
        or text.kinds[cue - 1] == "relative"
        or text.kinds[before.start - 1] == "auxiliary"
        or text.first[cue] == 0
        or text.words[cue][0] in "يت"
    )


def _content_start(text: _Text, cue: int, source: Span) -> int:
    """After the complementiser, at the quotation, or at the clause that a parenthesis is about."""
    kind, limit, after = text.kinds[cue], text.limit[cue], max(cue + 1, source.end)
    if kind == "according" and text.kinds[cue - 1] == "comma":
        return text.first[cue]
    for i in range(after, after if kind in ("act", "noun") else limit - 1):
        if text.kinds[i] == "complementiser":
            return i + 1
        if text.kinds[i] == "open" and "colon" == text.kinds[i - 1] or text.partner.get(i, i) - i > _SHORT:
            return i
        if text.kinds[i] in ("say", "think") and i > cue + 1:
            break
    if text.kinds[after : after + 2] == ["comma", "relative"] and "comma" in text.kinds[after + 1 : limit]:
        after = text.kinds.index("comma", after + 1)
    while after < limit - 1 and text.kinds[after] in ("time", "comma", "colon", "preposition", "complementiser"):
        after += 1
    return min(after, limit - 1)


def _content_end(text: _Text, cue: int, start: int) -> int:
    """The closing mark, the end of the sentence, or where the reporter takes over."""
    after = text.partner.get(start, 0) + 1
    if after - start > _SHORT and (after == text.limit[start] or text.kinds[after] in ("comma", "stop")):
        return after
    limit, own = _content_limit(text, cue, start), text.closing[start]
    tails = (i for i in range(start + 1, limit) if text.closing[i] == own and _is_tail(text, i))
    end = next(tails, limit)
    while end > start + 1 and text.kinds[end - 1] in ("comma", "stop"):
        end -= 1
    return end


def _content_limit(text: _Text, cue: int, start: int) -> int:
    return cue if start < cue else text.closing[start] or text.limit[start]


def _is_tail(text: _Text, i: int) -> bool:
    """Whether the reporter, or the next statement, takes over at a token."""
    follows, inflection = text.kinds[i + 1], text.inflections[i + 1]
    if text.kinds[i] != "comma":
        return bool(_TAIL.match(" ".join(text.words[i:i+2]))) and text.words[i] == "فيما" or (text.kinds[i] == "conjunction" and follows in _VERBAL)
    if follows in _VERBAL:
        return inflection[0] == "p" or text.words[i + 1][0] in "وف"
    return follows == "according" or bool(_TAIL.match(" ".join(text.words[i + 1 : i + 3])))


def _via(text: _Text, report: _Report) -> Span:
    """The outlet in the sentence that is neither the source nor in the content."""
    cue, source, content = report
    for i in range(text.first[cue], text.limit[cue]):
        near = text.kinds[i - 1] in (*_VERBAL, "preposition") or text.words[i][0] == "ل"
        if text.kinds[i] == "media" and near and not (i in range(*source) or i in range(*content)):
            return Span(i, max(i + 1, _phrase_end(text, i)))
    return Span(cue, cue)


def _name(text: _Text, phrase: Span) -> Span:
    """The proper name in a noun phrase: plain words at its start, or after a definite word."""
    start, end = phrase
    for i in range(start, end if text.kinds[start] not in ("body", "media", "anonymous") else start):
        size = next((n for n, kind in enumerate(text.kinds[i:end]) if kind != "plain"), end - i)
        if size > 1 if i == start else size and text.kinds[i - 1] in ("definite", "comma"):
            return Span(i, i + min(size, _LONGEST_NAME))
    return phrase


def _known(text: _Text, phrase: Span, speakers: Sequence[_Speaker]) -> _Speaker | None:
    """The last speaker whose description holds every word of a phrase."""
    wanted, kind = text.forms[slice(*phrase)], text.kinds[phrase.start]
    for speaker in reversed(speakers):
        held = text.forms[slice(*speaker.phrase)]
        if len(wanted) == 1 and kind != "plain":
            held = held[:1]  # "the president" is not "the deputy of the president"
        bodies = {kind == "body", text.kinds[speaker.phrase.start] == "body"}
        if len(bodies) == 1 and all(any(form & other for other in held) for form in wanted):
            return speaker
    return None


def _speakers(text: _Text, reports: Sequence[_Report]) -> Iterator[_Speaker]:
    """Who speaks in each report; a dropped subject is the last speaker that agrees in gender."""
    speakers: list[_Speaker] = []
    told = {i for report in reports for i in range(*report.content)}
    for cue, phrase, _ in reports:
        gender = text.inflections[cue][-1:].strip("i")
        if phrase.start == phrase.end:
            outer = [s for s in speakers if s.cue not in told] or speakers
            fitting = [s for s in outer if {s.gender, gender} != {"m", "f"}] or outer
            passive = _DAMMA in text.surfaces[cue][1:3] and text.inflections[cue][:1] != "p"
            if fitting and not passive:
                yield fitting[-1]
                continue
            phrase = _source(text, text.first[cue])
            if passive or phrase.start == phrase.end or phrase.end > cue:
                yield _Speaker(_NOBODY, Span(cue, cue + 1), "", cue)
                continue
        known = _known(text, phrase, speakers)
        if known:
            speakers.append(known._replace(cue=cue, gender=gender or known.gender))
        else:
            name = text.offsets(_name(text, phrase))
            speakers.append(_Speaker(text.raw[name.start:name.end], phrase, gender, cue))
        yield speakers[-1]


def _is_relayed(text: _Text, i: int) -> bool:
    """Whether another cue stands for this one: "as Reuters said", "quoted him as saying"."""
    if text.kinds[i] == "relay":
        return not {"قوله", "قولها", "قولهم"}.isdisjoint(text.words[i : text.limit[i]])
    if text.kinds[i] == "according":
        return text.words[i + 1] == "ما" and text.kinds[i - 1] == 'comma' or text.kinds[i - 1] == "comma" and i + 3 >= text.limit[i] and any(k in _VERBAL for k in text.kinds[text.first[i]:i])
    return text.words[i - 1] == "ما" and text.kinds[i - 2] == "according"


def _bucket(number: int) -> int:
    return number if number < _SHORT else int(2 * np.log2(number))


def _cue_features(text: _Text, i: int) -> Features:
    kind, inflection = text.kinds[i], text.inflections[i]
    before, after = text.kinds[i - 1], text.kinds[i + 1]
    behind, ahead = text.kinds[text.first[i] : i], text.kinds[i + 1 : min(i + _AHEAD, text.limit[i])]
    stop = next((n for n, k in enumerate(ahead) if k in (*_VERBAL, "stop")), len(ahead))
    reach = "complementiser" in ahead[:stop]
    names = [
        *(f"form {form}" for form in text.forms[i]), f"surface {text.surfaces[i]}",
        f"kind {kind}", f"{kind} {inflection}", f"{kind} inside {text.closing[i] > 0}",
        f"next {after}", f"{kind} next {after}", f"next word {text.words[i + 1]}",
        f"previous {before}", f"{kind} previous {before}", f"previous word {text.words[i - 1]}",
        f"reach {reach}", f"{kind} reach {reach}", f"{inflection} reach {reach}",
        f"{kind} quotation {'open' in ahead}", f"{kind} colon {'colon' in ahead}",
        f"{kind} first {not behind}", f"{inflection} joined {text.words[i][0] in 'وف'}",
        f"{kind} title {text.first[i] == 0} {any(k in _VERBAL for k in behind)} {len(behind) < 8}",
    ]  # fmt: skip
    return dict.fromkeys(names, 1.0)


def _end_features(text: _Text, cue: int, start: int, end: int) -> Features:
    rule, inner = _content_end(text, cue, start), text.kinds[start:end]
    right = text.kinds[end]
    names = [
        f"rule {rule == end}", f"rule {rule == end} {text.kinds[start]}", f"early {rule > end}",
        f"size {_bucket(end - start)}", f"{text.kinds[end - 1]}|{right}", f"|{right}",
        f"|{right} {text.kinds[end + 1]}", f"|{text.words[end]}", f"|{right} {text.words[end + 1]}",
        f"{text.kinds[cue]} |{right}", f"enclosed {text.partner.get(start) == end - 1}",
        f"balance {inner.count('open') - inner.count('close')}",
    ]  # fmt: skip
    return dict.fromkeys(names, 1.0)


def _type_features(text: _Text, speaker: _Speaker) -> Features:
    words = normalise(speaker.name).split()
    kind = text.kinds[speaker.phrase.start]
    names = [
        f"kind {kind}", f"kind {kind} {len(words)}", f"last {words[0][-2:]}",
        f"part {len(words) < speaker.phrase.end - speaker.phrase.start}",
        *(f"form {form}" for word in words for form in without_proclitics(word)),
    ]  # fmt: skip
    return dict.fromkeys(names, 1.0)


class _Classifier:
    """Logistic regression on named features."""

    def __init__(self, examples, seed: int) -> None:
        self._names = DictVectorizer()
        self._model = LogisticRegression(max_iter=2000, random_state=seed)
        features, labels = zip(*examples, strict=True)
        self._model.fit(self._names.fit_transform(features), labels)

    def label(self, features: Features) -> str:
        """The most probable label."""
        return str(self._model.predict(self._names.transform([features]))[0])

    def probabilities(self, features: Sequence[Features]) -> list[float]:
        """How probable the label True is."""
        return self._model.predict_proba(self._names.transform(features))[:, 1].tolist()


def _head(text: _Text, attribution: Attribution) -> int:
    """The token of a cue that a candidate stands for."""
    cue = text.tokens_of(attribution.cue)
    return next((i for i in range(*cue) if text.kinds[i] in _SPEECH), cue.end - 1)


def _ends(text: _Text, cue: int, start: int) -> list[int]:
    ends = range(start + 1, _content_limit(text, cue, start) + 1)
    likely = {i for i in ends if text.kinds[i - 1] not in ("comma", "stop")}
    return sorted(likely | {_content_end(text, cue, start)})


class LinearAttribution:
    """Finds the cues of a document, and source, content and speaker of each."""

    def fit(self, task: Task, train: Sequence[AttributionRow], validation: Sequence[AttributionRow], *, seed: int) -> None:
        """Learn what a cue is, where a content ends and of which type a source is."""
        del task
        texts = [(_Text(row), row.attributions) for row in (*train, *validation)]
        gold = [(text, _head(text, item), item) for text, items in texts for item in items]
        self._lexicon = frozenset(text.words[cue] for text, cue, _ in gold)
        cues, ends, types = [], [], []
        for text, items in texts:
            heads = {_head(text, item) for item in items}
            cues += [(_cue_features(text, i), i in heads) for i in self._candidates(text)]
        for text, cue, item in gold:
            source = text.tokens_of(item.source) if item.source else Span(cue, cue)
            start, end = text.tokens_of(*item.content)
            if text.partner.get(start - 1) == end:
                start, end = start - 1, end + 1
            ends += [(_end_features(text, cue, start, i), i == end) for i in _ends(text, cue, start)]
            types.append((_type_features(text, _Speaker(item.source_name, source, "", cue)), item.source_type))
        self._cue, self._end, self._type = _Classifier(cues, seed), _Classifier(ends, seed), _Classifier(types, seed)

    def _candidates(self, text: _Text) -> list[int]:
        return [i for i in range(len(text.spans) - 1) if (text.kinds[i] in (*_SPEECH, "colon") or text.words[i] in self._lexicon) and not _is_relayed(text, i)]

    def predict(self, task: Task, rows: Sequence[AttributionRow]) -> Iterator[AttributionPrediction]:
        """Find the attributions of each document."""
        del task
        for row in rows:
            text = _Text(row)
            reports = list(self._reports(text))
            speakers = _speakers(text, reports)
            answers = tuple(self._answer(text, report, next(speakers)) for report in reports)
            yield AttributionPrediction(id=row.id, attributions=answers)

    def _reports(self, text: _Text) -> Iterator[_Report]:
        cues = self._candidates(text)
        told: list[set[int]] = []
        probabilities = self._cue.probabilities([_cue_features(text, i) for i in cues]) if cues else []
        for cue, probability in zip(cues, probabilities, strict=True):
            source = _source(text, cue)
            start = _content_start(text, cue, source)
            ends = _ends(text, cue, start)
            features = [_end_features(text, cue, start, end) for end in ends]
            content = Span(start, ends[int(np.argmax(self._end.probabilities(features)))])
            tokens = {i for i in range(*content) if text.words[i][0].isalnum()}
            # Of two cues for the same content the first one counts.
            repeated = any(len(tokens & other) >= _SAME * len(tokens | other) for other in told)
            if probability >= _LEAST_PROBABILITY and tokens and not repeated:
                told.append(tokens)
                yield _Report(cue, source, content)

    def _answer(self, text: _Text, report: _Report, speaker: _Speaker) -> PredictedAttribution:
        cue, source, (start, end) = report
        mode = "mixed" if "open" in text.kinds[start:end] else "indirect"
        if text.partner.get(start) == end - 1:
            start, end, mode = start + 1, end - 1, "direct"
        compound = text.words[cue + 1] in ("قايلا", "قايله", "بالقول")
        return PredictedAttribution(
            content=(text.offsets(Span(start, end)),),
            source_name=speaker.name,
            cue=text.offsets(Span(cue - (text.kinds[cue - 1] == "negation"), cue + 1 + compound)),
            source=text.offsets(source),
            via=text.offsets(_via(text, report)),
            source_type=self._type.label(_type_features(text, speaker)),
            mode=mode,
        )
