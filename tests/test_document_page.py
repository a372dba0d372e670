"""The page of a document: its text to the letter, its layers in place, and nothing from outside."""

import base64
import hashlib
import re
from collections import Counter, defaultdict
from html.parser import HTMLParser
from importlib import resources

import pytest

from arnews_bench import ENTITY_TYPES, data_dir
from arnews_bench.annotations import (
    AttributionRecord,
    Claim,
    DocumentRecord,
    EntityRecord,
    Located,
    Page,
    Slice,
    Sources,
    StanceRecord,
    read_sources,
)
from arnews_bench.report.document_page import FAMILIES, document_page
from arnews_bench.schema import CANARY, TextSpan

SOURCES = read_sources(data_dir())
DOCUMENTS = sorted(SOURCES.documents)
ROLES = ("cue", "source", "content", "via")
VOID = {"meta", "input", "link", "br", "hr", "img"}


class Node:
    """An element as a parser saw it, with all text inside it."""

    def __init__(self, tag, attributes):
        self.tag, self.attributes, self.text = tag, attributes, ""

    def __getitem__(self, name):
        return self.attributes.get(name)


class StrictParser(HTMLParser):
    """Reads a page, and stops at an element that is not closed where it was opened."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.nodes, self.open, self.coverage = [], [], {}
        # Each character of the document's text with the elements around it.
        self.characters = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        node = Node(tag, dict(attributes))
        self.nodes.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop().tag == tag

    def handle_data(self, data):
        for node in self.open:
            node.text += data
        if any(node["id"] == "text" for node in self.open):
            self.characters += [(c, tuple(self.open)) for c in data]

    def by_id(self, name):
        (node,) = [node for node in self.nodes if node["id"] == name]
        return node

    def covered(self, attribute, value):
        """The offsets in the text that elements with a value in an attribute cover."""
        if attribute not in self.coverage:
            found = self.coverage[attribute] = defaultdict(set)
            for offset, (_, around) in enumerate(self.characters):
                for node in around:
                    for word in (node[attribute] or "").split():
                        found[word].add(offset)
        return self.coverage[attribute].get(value, set())


@pytest.fixture(scope="module")
def pages():
    return {doc_id: document_page(SOURCES, doc_id) for doc_id in DOCUMENTS}


@pytest.fixture(scope="module")
def parsed(pages):
    return {doc_id: StrictParser(page) for doc_id, page in pages.items()}


def span(text, surface, occurrence=0):
    start = [match.start() for match in re.finditer(re.escape(surface), text)][occurrence]
    return TextSpan(start=start, end=start + len(surface), text=surface)


def attribution(name, cue, *content, source=None, via=None, source_name="لافروف"):
    return AttributionRecord(
        id=name, cue=cue, source=source, source_name=source_name, source_type="unnamed_official",
        content=content, via=via, mode="direct", polarity="denied",
    )  # fmt: skip


def entity(found, name):
    return EntityRecord(start=found.start, end=found.end, type=name, text=found.text)


def invented(text, *records, **facts):
    """A corpus of one document, `x`, with one claim."""
    whole = Slice(start=0, end=len(text), begins="", ends="")
    document = DocumentRecord(
        **{
            "doc_id": "x", "page": "000", "kind": "brief", "title": None, "body": whole,
            "outlet": None, "event_id": "e", "topic": "t", "translated_from": None, "date": None,
        } | facts
    )  # fmt: skip
    page = Page(page="000", file="f", sha256="", split="test", fold=0)
    claim = Claim(claim_id="C01", claim=facts.get("topic", "c"), event_ids=(), entities=())
    return Sources(
        pages={"000": page},
        raw={"000": text},
        raw_bytes={},
        documents={"x": document},
        claims={"C01": claim},
        annotations={"x": tuple(Located(record, "x.jsonl:1") for record in records)},
    )


def read_invented(*arguments, **facts):
    return StrictParser(document_page(invented(*arguments, **facts), "x"))


# The corpus.


@pytest.mark.parametrize("doc_id", DOCUMENTS)
def test_the_text_of_the_page_is_the_text_of_the_document_to_the_letter(parsed, doc_id):
    assert "".join(c for c, _ in parsed[doc_id].characters) == SOURCES.text(doc_id)


@pytest.mark.parametrize("doc_id", DOCUMENTS)
def test_each_part_of_each_attribution_covers_exactly_its_gold_spans(parsed, doc_id):
    expected = {
        (role, record.id): {offset for span in spans for offset in range(span.start, span.end)}
        for record in SOURCES.attributions(doc_id)
        for role, spans in (
            ("cue", [record.cue]),
            ("source", [record.source] if record.source else []),
            ("content", record.content),
            ("via", [record.via] if record.via else []),
        )
    }
    page = parsed[doc_id]
    assert {key: page.covered(f"data-{key[0]}", key[1]) for key in expected} == expected


@pytest.mark.parametrize("doc_id", DOCUMENTS)
def test_each_entity_is_one_element_around_exactly_its_surface(parsed, doc_id):
    found = [
        (node["data-type"], node["data-label"], node.text)
        for node in parsed[doc_id].nodes
        if node["data-entity"]
    ]
    assert found == [(e.type, e.type, e.text) for e in SOURCES.entities(doc_id)]


@pytest.mark.parametrize("doc_id", DOCUMENTS)
def test_each_entity_stands_inside_those_that_hold_it(parsed, doc_id):
    entities = SOURCES.entities(doc_id)
    for _, around in parsed[doc_id].characters:
        numbers = [int(node["data-entity"]) for node in around if node["data-entity"]]
        lengths = [entities[number].end - entities[number].start for number in numbers]
        assert lengths == sorted(lengths, reverse=True)
        # What is further out is underlined further down.
        heights = [
            int(re.search(r"height-(\d)", node["class"])[1])
            for node in around
            if node["data-entity"]
        ]
        assert heights == sorted(set(heights), reverse=True)


@pytest.mark.parametrize("doc_id", DOCUMENTS)
def test_ids_are_unique_and_every_reference_has_its_target(parsed, doc_id):
    nodes = parsed[doc_id].nodes
    ids = Counter(node["id"] for node in nodes if node["id"])
    assert set(ids.values()) == {1}
    references = [node["href"].removeprefix("#") for node in nodes if node["href"]]
    for name in ("aria-controls", "aria-describedby", "aria-labelledby", "for"):
        references += [word for node in nodes for word in (node[name] or "").split()]
    assert set(references) <= set(ids)


@pytest.mark.parametrize("doc_id", DOCUMENTS)
def test_the_page_loads_nothing(pages, parsed, doc_id):
    for node in parsed[doc_id].nodes:
        assert node.tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert not {"src", "srcset", "action", "style", "poster"} & set(node.attributes)
        assert not any(name.startswith("on") for name in node.attributes)
        assert (node["href"] or "#").startswith("#")
    assert not re.search(r"https?://|@import|url\(", pages[doc_id])


def test_the_policy_of_the_page_allows_its_own_style_and_script_alone(parsed):
    page = parsed["003-a"]
    (policy,) = [n["content"] for n in page.nodes if n["http-equiv"] == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (node,) = [node for node in page.nodes if node.tag == tag]
        digest = base64.b64encode(hashlib.sha256(node.text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy


def test_the_same_corpus_gives_the_same_page(pages):
    assert document_page(read_sources(data_dir()), "004-d") == pages["004-d"]


def test_the_page_reads_from_the_right_and_says_what_it_is(pages, parsed):
    page = parsed["003-a"]
    (root,) = [node for node in page.nodes if node.tag == "html"]
    assert (root["lang"], root["dir"]) == ("ar", "rtl")
    assert pages["003-a"].startswith("<!DOCTYPE html>\n")
    (facts,) = [node.text.split() for node in page.nodes if node["class"] == "facts"]
    expected = "kind article page 003 split test outlet مركز ويبانغاه الإخباري"
    assert facts[: len(expected.split())] == expected.split()
    assert facts[-3:] == ["translated", "from", "fa"]
    (footer,) = [node.text for node in page.nodes if node.tag == "footer"]
    assert all(word in footer for word in ("arnews-bench", "Apache-2.0", CANARY))


def test_pages_hold_to_the_standard(pages):
    html5lib = pytest.importorskip("html5lib")
    for page in pages.values():
        html5lib.HTMLParser(strict=True).parse(page)


# An invented document.

TEXT = "قال <script>alert('1')</script> & \"لافروف\".\nنعم\r\nلا"


def test_nothing_in_the_data_becomes_markup():
    evil = '"><script>alert(1)</script>&amp;'
    cue, word = span(TEXT, "قال"), span(TEXT, "<script>")
    page = read_invented(
        TEXT,
        entity(word, "ORG"),
        attribution("A01", cue, word, source=word, via=word, source_name=evil),
        attribution(evil, span(TEXT, "نعم"), word),
        StanceRecord(claim_id="C01", label="agree", note=evil),
        StanceRecord(claim_id="C01", attribution=evil, label="agree", note=evil),
        outlet=evil,
        event_id=evil,
        topic=evil,
        date=evil,
        translated_from=evil,
    )
    assert "".join(c for c, _ in page.characters) == TEXT
    assert [node.tag for node in page.nodes].count("script") == 1
    shown = page.nodes[0].text
    # Source name twice: of the second attribution it is the id; then claim, two notes, facts.
    assert shown.count(evil) >= 9
    assert "&lt;" not in shown


def test_an_id_of_another_form_gets_a_fragment_of_its_own():
    text = "قال لا وقال نعم"
    page = read_invented(
        text,
        attribution("text", span(text, "قال"), span(text, "لا")),
        attribution("A 1", span(text, "وقال"), span(text, "نعم")),
        StanceRecord(claim_id="C01", attribution="A 1", label="agree"),
        StanceRecord(claim_id="C01", attribution="A99", label="agree"),
    )
    assert page.by_id("text").tag == "article"
    assert "text" in page.by_id("attribution-1").text
    assert page.covered("data-content", "attribution-2") == {12, 13, 14}
    links = [node["href"] for node in page.nodes if node.tag == "a" and "A 1" in node.text]
    assert links == ["#cue-attribution-2", "#attribution-2"]
    assert not [node for node in page.nodes if node.tag == "a" and "A99" in node.text]


def test_an_annotation_that_is_not_sound_yet_is_shown_as_far_as_it_goes():
    text = "قال لا"
    beyond, empty = (TextSpan(start=s, end=e, text="") for s, e in ((4, 99), (2, 2)))
    page = read_invented(
        text,
        entity(beyond, "ORG"),
        attribution("A01", empty, beyond),
        StanceRecord(claim_id="C77", label="agree"),
    )
    assert "".join(c for c, _ in page.characters) == text
    assert page.covered("data-content", "A01") == {4, 5}
    assert [node["href"] for node in page.nodes if "A01" in (node["href"] or "")] == ["#A01"]
    assert "(unknown claim)" in page.by_id("stance").text


def test_attributions_may_share_a_cue_and_cross_entities_and_sentences():
    text = "قال زيد نعم. لا أبدا"
    cue, crossing = span(text, "قال"), span(text, "زيد نعم. لا")
    page = read_invented(
        text,
        entity(span(text, "قال زيد"), "OCC"),
        attribution("A01", cue, crossing),
        attribution("A02", cue, span(text, "نعم. لا أبدا")),
    )
    assert "".join(c for c, _ in page.characters) == text
    assert page.by_id("cue-A01").text == page.by_id("cue-A02").text == "قال"
    assert page.by_id("cue-A01")["data-cue"] == "A01 A02"
    assert page.covered("data-content", "A01") == set(range(4, 15))
    assert page.covered("data-content", "A02") == set(range(8, 20))
    assert page.covered("data-entity", "0") == set(range(7))


def test_sentences_are_numbered_as_their_rows_are_and_the_title_stands_out():
    text = "عنوان\nجملة. أخرى؟"
    page = read_invented(
        text,
        title=Slice(start=0, end=5, begins="", ends=""),
        body=Slice(start=6, end=17, begins="", ends=""),
    )
    numbered = [node for node in page.nodes if node["data-sentence"]]
    assert [(n["data-sentence"], n["class"], n.text) for n in numbered] == [
        ("0", "title", "عنوان"),
        ("1", "sentence", "جملة."),
        ("2", "sentence", "أخرى؟"),
    ]


def test_an_attribution_without_source_is_marked_and_a_document_without_any_says_so():
    text = "وقال لا"
    bare = attribution("A01", span(text, "وقال"), span(text, "لا"))
    entry = read_invented(text, bare).by_id("A01").text
    assert entry.split() == [
        "A01", "لافروف", "subject", "dropped", "cue", "وقال", "content", "لا",
        "unnamed", "official", "·", "direct", "·", "denied",
    ]  # fmt: skip
    assert "None." in read_invented(text).by_id("attributions").text


def test_unrelated_claims_are_folded_and_only_related_statements_shown():
    page = StrictParser(document_page(SOURCES, "000-c"))
    (table,) = [node.text for node in page.nodes if node.tag == "table"]
    stances = SOURCES.stances("000-c")
    for claim_id, claim in SOURCES.claims.items():
        labels = {s.attribution: s.label for s in stances if s.claim_id == claim_id}
        assert (claim.claim in table) == (labels[None] != "unrelated")
    (folded,) = [node.text for node in page.nodes if node["class"] == "unrelated"]
    unrelated = [s for s in stances if s.attribution is None and s.label == "unrelated"]
    assert folded.count("unrelated") == len(unrelated)
    assert "unrelated" not in table


# The look.


def test_every_entity_type_has_a_family_and_every_family_a_colour(pages):
    types = [name for family in FAMILIES.values() for name in family]
    assert sorted(types) == sorted(ENTITY_TYPES)
    assert set(FAMILIES) <= set(colours(pages["000-c"]))


def test_all_text_has_enough_contrast_by_day_and_by_night(pages):
    named = colours(pages["000-c"])
    grounds = ["paper", "raised", "source-tint", "via-tint", "content-tint"]
    inks = ["ink", "cue", *FAMILIES]
    pairs = [(ink, ground) for ink in inks for ground in grounds]
    # A filled label is written in the colour of the paper.
    labels = ["agree", "disagree", "discuss", "unrelated", "faint", "link"]
    pairs += [(ink, ground) for ink in labels for ground in ("paper", "raised")]
    for ink, ground in pairs:
        for scheme in (0, 1):
            ratio = contrast(named[ink][scheme], named[ground][scheme])
            assert ratio >= 4.5, f"{ink} on {ground}: {ratio:.2f}"


def colours(page):
    """Name → the colour by day and by night."""
    found = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", page)
    return {name: (light, dark) for name, light, dark in found}


def contrast(first, second):
    """The contrast ratio of WCAG 2."""
    low, high = sorted(map(luminance, (first, second)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return sum(
        weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


# The command.


def test_show_prints_the_page_or_writes_it(arbench, pages, tmp_path):
    assert arbench("data", "show", "000-c", "--format", "html").out == pages["000-c"]
    path = tmp_path / "new" / "page.html"
    result = arbench("data", "show", "000-c", "--format", "html", "--out", path)
    assert (result.code, result.out) == (0, f"{path} written\n")
    assert path.read_bytes() == pages["000-c"].encode()


def test_show_writes_the_text_form_as_it_prints_it(arbench, tmp_path):
    path = tmp_path / "page.txt"
    assert arbench("data", "show", "000-c", "--out", path).code == 0
    assert path.read_text(encoding="utf-8") == arbench("data", "show", "000-c").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["000-c", "--format", "htm"], "--format: unknown format 'htm'; did you mean 'html'?"),
        (["000-c", "--format", "pdf"], "unknown format 'pdf'; known are: html, text"),
        (["000-c1", "--format", "html"], "unknown document '000-c1'; did you mean '000-c'?"),
    ],
)
def test_a_wrong_call_writes_nothing(arbench, tmp_path, arguments, said):
    path = tmp_path / "page.html"
    result = arbench("data", "show", *arguments, "--out", path)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert not path.exists()


def test_the_templates_travel_with_the_package():
    folder = resources.files("arnews_bench.report") / "templates"
    names = {path.name for path in folder.iterdir()}
    assert {"document.html.j2", "document.css.j2", "document.js"} <= names


def test_of_two_attributions_of_one_id_the_second_gets_a_fragment_of_its_own():
    text = "قال لا وقال نعم"
    page = read_invented(
        text,
        attribution("A01", span(text, "قال"), span(text, "لا")),
        attribution("A01", span(text, "وقال"), span(text, "نعم")),
    )
    assert page.covered("data-content", "A01") == {4, 5}
    assert page.covered("data-content", "attribution-2") == {12, 13, 14}
