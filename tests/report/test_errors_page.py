"""The page of a run's errors: gold beside prediction, self-contained, and harmless."""

import base64
import hashlib
import re

import html5lib
import msgspec
import pytest

import arnews_bench as ab
from arnews_bench.analysis import MarkedSpan, Passage, analyse
from arnews_bench.analysis.runs import RunErrors, errors_of_run
from arnews_bench.report.errors_page import errors_page
from arnews_bench.report.marked_text import Tag, marked_text


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    out = tmp_path_factory.mktemp("results")
    ab.evaluate("majority", out=out)
    return out


@pytest.fixture(scope="module")
def found(results):
    return {task: errors_of_run(folder(results, task)) for task in ("ner", "stance", "attribution")}


def folder(results, task):
    (path,) = results.glob(f"majority/{task}-*")
    return path


def parsed(page):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def by_class(tree, name):
    return [node for node in tree.iter() if name in (node.get("class") or "").split()]


def text_of(node):
    return " ".join("".join(node.itertext()).split())


@pytest.mark.parametrize("task", ["ner", "stance", "attribution"])
def test_the_page_holds_every_case_with_gold_beside_prediction(found, task):
    errors = found[task]
    tree = parsed(errors_page(errors))
    cases = [case for kind in errors.analysis.kinds for case in kind.cases]
    shown = by_class(tree, "case")
    assert len(shown) == len(cases) > 0
    for node, case in zip(shown, cases, strict=True):
        (table,) = by_class(node, "answers")
        cells = [text_of(cell) for cell in table.find("tbody").iter() if cell.tag in {"th", "td"}]
        wanted = [(field.name, field.gold or "–", field.predicted or "–") for field in case.fields]
        assert cells == [" ".join(part.split()) for row in wanted for part in row]
        assert node.get("dir") == "rtl"
        texts = "".join("".join(p.itertext()) for p in by_class(node, "text"))
        assert texts.startswith("".join(passage.text for passage in case.passages))


@pytest.mark.parametrize("task", ["ner", "stance", "attribution"])
def test_the_table_counts_every_kind_and_its_filters_have_a_rule_and_a_target(found, task):
    errors = found[task]
    page = errors_page(errors)
    tree = parsed(page)
    (counts,) = by_class(tree, "counts")
    rows = counts.find("table").find("tbody").findall("tr")[1:]
    assert [[text_of(cell) for cell in row][:2] for row in rows] == [
        [kind.name, f"{kind.count:,}"] for kind in errors.analysis.kinds
    ]
    style = tree.find(".//style").text
    sections = {node.get("id") for node in by_class(tree, "kind")}
    chosen = [n.get("id") for n in tree.iter("input") if n.get("value") and n.get("name") == "kind"]
    assert {f"only-{name}" for name in sections} == set(chosen)
    for name in sections:
        assert f":root:has(#only-{name}:checked) .kind:not(#{name})" in style
    groups = [n.get("value") for n in tree.iter("input") if n.get("name") == "group"][1:]
    assert len(groups) == len(errors.analysis.groups)
    assert {node.get("data-group") for node in by_class(tree, "case")} == set(groups)
    for number in groups:
        assert f'(#group-{number}:checked) .case:not([data-group="{number}"])' in style


def test_ids_are_given_once_and_links_lead_somewhere(found):
    for errors in found.values():
        tree = parsed(errors_page(errors))
        ids = [node.get("id") for node in tree.iter() if node.get("id")]
        assert len(ids) == len(set(ids))
        links = {node.get("href") for node in tree.iter("a")}
        assert links == {"#counts"}
        assert "counts" in ids


def test_the_page_asks_nobody_for_anything_and_allows_only_its_own_style_and_script(found):
    page = errors_page(found["attribution"])
    tree = parsed(page)
    assert not re.search(r"https?://|@import|url\(", page)
    assert [node for node in tree.iter() if node.get("src") or node.get("style")] == []
    assert [name for node in tree.iter() for name in node.attrib if name.startswith("on")] == []
    policy = next(n.get("content") for n in tree.iter("meta") if n.get("http-equiv"))
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        (node,) = tree.iter(tag)
        digest = base64.b64encode(hashlib.sha256(node.text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_the_page_is_the_same_for_the_same_errors(results, found):
    assert errors_page(errors_of_run(folder(results, "ner"))) == errors_page(found["ner"])


def test_gold_and_predicted_differ_in_line_and_not_by_colour_alone(found):
    style = parsed(errors_page(found["ner"])).find(".//style").text
    assert re.search(r"\n\.gold \{[^}]*border-block-end: 3px solid", style)
    assert re.search(r"\n\.predicted \{[^}]*border-block-start: 3px dashed", style)


def test_kinds_without_cases_have_no_filter_and_a_cut_list_says_so(results):
    errors = errors_of_run(folder(results, "ner"), kinds=("missed",), limit=2)
    tree = parsed(errors_page(errors))
    assert len(by_class(tree, "case")) == 2
    assert [node.get("id") for node in by_class(tree, "kind")] == ["missed"]
    assert "the first 2 are here" in text_of(by_class(tree, "kind")[0])
    (counts,) = by_class(tree, "counts")
    assert f"boundary {errors.analysis.kinds[2].count}" in text_of(counts)


def test_a_run_without_errors_says_so(results):
    rows = ab.load_rows("stance", "test")
    perfect = [ab.StancePrediction(id=row.id, label=row.label) for row in rows]
    run = ab.load_run(folder(results, "stance"))
    page = errors_page(RunErrors(run=run, analysis=analyse("stance", rows, perfect)))
    assert "Nothing went wrong." in page
    assert by_class(parsed(page), "case") == []


EVIL = "<script>alert(1)</script>\"'&\x1b[31m\x9b31m\u202e"


def evil_errors(results):
    """Errors of a run in which the model's name, the claim, the text and ids are hostile."""
    run = ab.load_run(folder(results, "stance"))
    run = msgspec.structs.replace(
        run, task=EVIL, model=msgspec.structs.replace(run.model, spec=EVIL)
    )
    rows = [
        msgspec.structs.replace(
            row, id=EVIL, claim=EVIL, text=EVIL + "\n" + "x" * 500, context=EVIL
        )
        for row in ab.load_rows("stance", "test")[:1]
    ]
    label = "agree" if rows[0].label != "agree" else "discuss"
    answers = [ab.StancePrediction(id=EVIL, label=label)]
    return RunErrors(run=run, analysis=analyse("stance", rows, answers))


def evil_attributions(results):
    """A predicted speaker and content that are hostile."""
    run = ab.load_run(folder(results, "attribution"))
    row = ab.load_rows("attribution", "test")[0]
    said = ab.PredictedAttribution(content=(EVIL,), source_name=EVIL)
    answers = [ab.AttributionPrediction(id=row.id, attributions=(said,))]
    return RunErrors(run=run, analysis=analyse("attribution", [row], answers))


@pytest.mark.parametrize("make", [evil_errors, evil_attributions])
def test_hostile_text_is_text(results, make):
    page = errors_page(make(results))
    tree = parsed(page)
    assert len(list(tree.iter("script"))) == 1
    assert "\x1b" not in page
    assert "\x9b" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\\x1b[31m\\x9b31m" in page


def test_text_is_cut_where_spans_begin_and_end_and_tags_say_what_begins():
    passage = Passage(start=10, text="قال لافروف أمس")
    spans = [
        MarkedSpan(side="gold", role="source", start=14, end=20),
        MarkedSpan(side="predicted", role="source", start=14, end=24),
        MarkedSpan(side="gold", role="cue", start=10, end=13),
        MarkedSpan(side="predicted", role="cue", start=10, end=13),
        MarkedSpan(side="gold", role="content", start=50, end=60),
    ]
    assert [tuple(stretch) for stretch in marked_text(passage, spans)] == [
        ("قال", True, True, (Tag("both", "cue"),)),
        (" ", False, False, ()),
        ("لافروف", True, True, (Tag("predicted", "source"), Tag("gold", "source"))),
        (" أمس", False, True, ()),
    ]


def test_marks_name_the_type_of_an_entity():
    spans = [MarkedSpan(side="gold", role="entity", start=0, end=1, type="LOC")]
    (stretch,) = marked_text(Passage(start=0, text="x"), spans)
    assert stretch.tags == (Tag("gold", "LOC"),)


def test_all_text_has_enough_contrast_by_day_and_by_night(found):
    page = errors_page(found["ner"])
    named = {
        name: (light, dark)
        for name, light, dark in re.findall(
            r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", page
        )
    }
    grounds = {"ink": ("paper", "raised", "gold-tint", "predicted-tint")}
    grounds |= dict.fromkeys(("gold", "predicted", "faint", "link"), ("paper", "raised"))
    for ink, surfaces in grounds.items():
        for ground in surfaces:
            for scheme in (0, 1):
                ratio = contrast(named[ink][scheme], named[ground][scheme])
                assert ratio >= 4.5, f"{ink} on {ground}: {ratio:.2f}"


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
