"""Contents of attributions and where they stand: worked cases, and every content of the corpus."""

import random

import pytest

from arnews_bench import load_task
from arnews_bench.alignment import LEAST_SIMILARITY, TextIndex, align_passages, passage_parts

TEXT = """قال وزير الخارجية إن «المحادثات مع الجانب الروسي كانت مفيدة وبناءة للغاية».
وأضاف الوزير أن الطرفين اتفقا على عقد جولة ثانية من المفاوضات في جنيف خلال أسبوعين. \
وأكد أن بلاده لن تقبل بأي حل يمس سيادتها.
وختم الوزير قائلا إن بلاده لن تقبل بأي حل يمس سيادتها."""


def placed(text, *contents):
    """What is found for each content, as strings of the text and how."""
    given = [[content] if isinstance(content, str) else content for content in contents]
    return [
        [
            (part.placement.span and text[slice(*part.placement.span)], part.placement.how)
            for part in parts
        ]
        for parts in align_passages(TextIndex(text), given)
    ]


def one(text, passage):
    ((found,),) = placed(text, passage)
    return found


@pytest.mark.parametrize(
    ("passage", "expected", "how"),
    [
        ("بلاده لن تقبل بأي حل", "بلاده لن تقبل بأي حل", "exact"),
        ("ان الطرفين اتفقا، على عقد جوله", "أن الطرفين اتفقا على عقد جولة", "normalised"),
        ("المفاوضات\nفي جنيف", "المفاوضات في جنيف", "normalised"),
        ("وبلاده لن تقبل", "بلاده لن تقبل", "clitics"),
        # A letter, a word too few, a word too many, another word.
        ("الطرفين اتفقو على عقد جولة ثانية", "الطرفين اتفقا على عقد جولة ثانية", "fuzzy"),
        ("الطرفين اتفقا على جولة ثانية من المفاوضات",
         "الطرفين اتفقا على عقد جولة ثانية من المفاوضات", "fuzzy"),
        ("الطرفين قد اتفقا على عقد جولة ثانية", "الطرفين اتفقا على عقد جولة ثانية", "fuzzy"),
        ("عقد دورة ثانية من المفاوضات في جنيف", "عقد جولة ثانية من المفاوضات في جنيف", "fuzzy"),
        # Two sentences, and a mark whose partner stands inside.
        ("مفيدة وبناءة للغاية وأضاف الوزير أن الطرفين تفقا",
         "مفيدة وبناءة للغاية».\nوأضاف الوزير أن الطرفين اتفقا", "fuzzy"),
        ("إن «المحادثات مع الجانب الروسي كانت مفيدة وبناءه جدا للغاية",
         "إن «المحادثات مع الجانب الروسي كانت مفيدة وبناءة للغاية»", "fuzzy"),
        ("أعلنت الشرطة اعتقال خمسة أشخاص", None, "invented"),
        ("بلاده", "بلاده", "exact"),
        # A single word that is nearly another is another.
        ("الطرفان", None, "invented"),
        # So is one of two or three, but for a letter.
        ("وزارة الخارجية", None, "invented"),
        ("مع الجانب الصيني", None, "invented"),
        ("مع الجانب الروصي", "مع الجانب الروسي", "fuzzy"),
        ("؟!", None, "invented"),
    ],
)  # fmt: skip
def test_where_a_passage_stands(passage, expected, how):
    assert one(TEXT, passage) == (expected, how)


def test_the_nth_of_equal_passages_takes_the_nth_place_and_the_rest_share_one():
    passage = "بلاده لن تقبل بأي حل يمس سيادتها"
    first, second = TEXT.index(passage), TEXT.rindex(passage)
    found = align_passages(TextIndex(TEXT), [[passage], [passage], [passage]])
    assert [part.placement.span.start for (part,) in found] == [first, second, first]


def test_so_do_passages_that_are_only_nearly_in_the_text():
    passage = "بلاده لن تقبل باي حل قد يمس سيادتها"
    first, second = TEXT.index("بلاده لن"), TEXT.rindex("بلاده لن")
    found = align_passages(TextIndex(TEXT), [[passage], [passage], [passage]])
    assert [part.placement.how for (part,) in found] == ["fuzzy"] * 3
    assert [part.placement.span.start for (part,) in found] == [first, second, first]


TWICE = "قال زيد إن الحرب ستنتهي قريبا. وأكد عمر أن الحرب ستنتهي قريبا."


@pytest.mark.parametrize(
    ("around", "starts"),
    [
        ([["وأكد"]], [43]),
        ([["أكد"]], [43]),
        ([["عمر"]], [43]),
        ([["نفى", "عمر"], ["نفى", "زيد"]], [43, 11]),
        ([["وأكد"], ["قال"]], [43, 11]),
        # What is nowhere, everywhere or at odds tells nothing; and each has a place of its own.
        ([["نفى"]], [11]),
        ([["وأكد", "زيد"]], [11]),
        ([["الحرب"]], [11]),
        ([["وأكد"], ["وأكد"], ["وأكد"]], [43, 11, 43]),
        ([[]], [11]),
    ],
)
def test_of_equal_passages_one_stands_where_its_cue_and_its_source_are(around, starts):
    contents = [["الحرب ستنتهي قريبا"]] * len(around)
    found = align_passages(TextIndex(TWICE), contents, around)
    assert [part.placement.span.start for (part,) in found] == starts


def test_the_same_letters_come_before_the_same_sentence():
    found = align_passages(TextIndex(TWICE), [["إن الحرب ستنتهي"]], [["أكد"]])
    assert found[0][0].placement.span.start == 8
    found = align_passages(TextIndex(TWICE), [["ان الحرب ستنتهي"]], [["أكد"]])
    assert found[0][0].placement.span.start == 40


def test_a_later_part_of_a_content_stands_after_an_earlier_one():
    found = align_passages(TextIndex(TEXT), [["وختم الوزير", "لن تقبل بأي حل"]])
    assert found[0][1].placement.span.start == TEXT.rindex("لن تقبل بأي حل")


@pytest.mark.parametrize("ellipsis", ["…", "...", " (...) ", " [...] ", "…. ", " [ … ] "])
def test_the_parts_around_words_left_out_are_found_one_by_one(ellipsis):
    found = placed(TEXT, f"الطرفين اتفقا على عقد جوله{ellipsis}لن تقبل بأي حل")
    assert found == [[("الطرفين اتفقا على عقد جولة", "normalised"), ("لن تقبل بأي حل", "exact")]]


def test_a_part_that_is_not_in_the_text_is_invented():
    found = placed(TEXT, "الطرفين اتفقا … اعتقال خمسة أشخاص")
    assert found == [[("الطرفين اتفقا", "exact"), (None, "invented")]]


def test_an_ellipsis_at_the_edge_or_in_the_text_divides_nothing():
    assert passage_parts("… لن تقبل بأي حل ...") == ()
    assert one(TEXT, "… لن تقبل بأي حل ...") == ("لن تقبل بأي حل", "normalised")
    text = "قال: لم نوافق على المباحثات (...) ولن نوافق عليها أبدا."
    assert one(text, "لم نوافق على المباحثات … ولن نوافق") == (
        "لم نوافق على المباحثات (...) ولن نوافق", "normalised",
    )  # fmt: skip
    assert one(text, "لم نوافق على مباحثات … ولن نوافق") == (
        "لم نوافق على المباحثات (...) ولن نوافق", "fuzzy",
    )  # fmt: skip


def test_a_passage_may_be_longer_than_the_text():
    assert one("لن نقبل بذلك", "لن نقبل بذالك") == ("لن نقبل بذلك", "fuzzy")
    assert one("لن نقبل", TEXT) == (None, "invented")
    assert one("", "لن نقبل") == (None, "invented")
    assert one("«»", "لن نقبل") == (None, "invented")


def test_no_content_is_no_place():
    assert align_passages(TextIndex(TEXT), []) == []
    assert align_passages(TextIndex(TEXT), [[]]) == [[]]


# The corpus.


@pytest.fixture(scope="module")
def rows():
    return list(load_task("attribution").all_rows())


@pytest.fixture(scope="module")
def indices(rows):
    return {row.id: TextIndex(row.text) for row in rows}


LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


def tenth(rng, items):
    return set(rng.sample(range(len(items)), len(items) // 10))


def letters_changed(text, rng):
    chosen = tenth(rng, text)
    return "".join(rng.choice(LETTERS) if n in chosen else c for n, c in enumerate(text))


def letters_dropped(text, rng):
    chosen = tenth(rng, text)
    return "".join(c for n, c in enumerate(text) if n not in chosen)


def words_changed(text, rng):
    words = text.split()
    chosen = tenth(rng, words)
    other = ["".join(rng.choices(LETTERS, k=rng.randint(2, 7))) for _ in words]
    return " ".join(other[n] if n in chosen else word for n, word in enumerate(words))


def words_dropped(text, rng):
    words = text.split()
    chosen = tenth(rng, words)
    return " ".join(word for n, word in enumerate(words) if n not in chosen)


def tokens_in(index, spans):
    return {
        n for n, token in enumerate(index.tokens)
        if any(token.start < end and start < token.end for start, end in spans)
    }  # fmt: skip


def share_placed(rows, indices, noise):
    """The share of contents of which at least nine tokens in ten of both come back."""
    right = total = 0
    for row in rows:
        rng, index = random.Random(row.id), indices[row.id]
        said = [[noise(span.text, rng) for span in item.content] for item in row.attributions]
        for item, parts in zip(row.attributions, align_passages(index, said), strict=True):
            gold = tokens_in(index, [(span.start, span.end) for span in item.content])
            places = [part.placement.span for part in parts if part.placement.span]
            found = tokens_in(index, places)
            right += len(gold & found) >= 0.9 * len(gold | found)
            total += 1
    return right / total


def test_every_content_of_the_corpus_comes_back_to_its_offsets(rows, indices):
    for row in rows:
        said = [[span.text for span in item.content] for item in row.attributions]
        found = align_passages(indices[row.id], said)
        for item, parts in zip(row.attributions, found, strict=True):
            assert [part.placement.span for part in parts] == [
                (span.start, span.end) for span in item.content
            ]


def test_so_does_every_one_that_is_given_alone_with_its_cue(rows, indices):
    for row in rows:
        for item in row.attributions:
            said = [[span.text for span in item.content]]
            (parts,) = align_passages(indices[row.id], said, [[item.cue.text]])
            assert [part.placement.span for part in parts] == [
                (span.start, span.end) for span in item.content
            ]


@pytest.mark.parametrize("noise", [letters_changed, letters_dropped, words_changed, words_dropped])
def test_so_does_nearly_every_one_with_a_tenth_of_it_changed(rows, indices, noise):
    assert share_placed(rows, indices, noise) >= 0.98


def test_contents_of_one_document_are_hardly_ever_found_in_another(rows, indices):
    pages = {row.id: row.id.split("-")[0] for row in rows}
    rng = random.Random(0)
    found = total = 0
    for row in rows:
        # Documents of a page may tell the same event, in the same words.
        others = rng.sample([name for name in indices if pages[name] != pages[row.id]], 2)
        said = [[span.text] for item in row.attributions for span in item.content]
        for name in others:
            total += len(said)
            placements = [parts[0].placement for parts in align_passages(indices[name], said)]
            found += sum(place.how == "fuzzy" for place in placements)
    assert LEAST_SIMILARITY == 0.8
    assert found / total < 0.01
