"""What an annotator did in Label Studio comes back, and what is wrong is named with its place."""

import json
import shutil

import pytest
from invented import FIRST, TEXT, make_sources, span

from arnews_bench import data_dir
from arnews_bench.annotations import (
    AttributionRecord,
    EntityRecord,
    StanceRecord,
    encode_annotation,
    read_sources,
)
from arnews_bench.errors import InputError
from arnews_bench.exchange import export, import_annotation
from arnews_bench.exchange.label_studio import LABEL_STUDIO


def name_of(label, words):
    """The id of an exported region."""
    found = span(words)
    return f"{label}-{found.start}-{found.end}"


class Project:
    """The tasks of the invented corpus as an annotator may leave them."""

    def __init__(self, folder):
        self.folder = folder
        self.sources = make_sources()
        content = LABEL_STUDIO.write(self.sources, ["p-a", "q-a"])["tasks.json"]
        self.tasks = json.loads(content)

    @property
    def results(self):
        return self.tasks[0]["annotations"][0]["result"]

    def find(self, name, control=None):
        """The results of a region, or of one of its controls."""
        return [
            r for r in self.results
            if r.get("id") == name and control in {None, r["from_name"]}
        ]  # fmt: skip

    def one(self, name, control):
        (found,) = self.find(name, control)
        return found

    def remove(self, *names):
        """Delete regions with all that hangs on them, as Label Studio does."""
        self.results[:] = [
            r for r in self.results
            if not {r.get("id"), r.get("from_id"), r.get("to_id")} & set(names)
        ]  # fmt: skip

    def add_region(self, name, words, label, control="attribution", **values):
        found = span(words)
        place = {"start": found.start, "end": found.end, "text": found.text}
        for other, value in {control: {"labels": [label]}, **values}.items():
            kind = {"labels": "labels", "choices": "choices", "text": "textarea"}
            (key,) = value
            self.results.append(
                {
                    "id": name, "from_name": other, "to_name": "text", "type": kind[key],
                    "value": place | value, "origin": "manual",
                }
            )  # fmt: skip

    def relate(self, first, second, *labels, direction="right"):
        relation = {"type": "relation", "from_id": first, "to_id": second, "direction": direction}
        self.results.append(relation | ({"labels": list(labels)} if labels else {}))

    def save(self, name="project-1-at-2026-01-02.json"):
        (self.folder / name).write_text(json.dumps(self.tasks), "utf-8")

    def read(self):
        self.save()
        return LABEL_STUDIO.read(self.folder, self.sources)

    def records(self, kind):
        return [i.record for i in self.read()["p-a"] if isinstance(i.record, kind)]

    def problems(self):
        with pytest.raises(InputError) as caught:
            self.read()
        headline, *problems = str(caught.value).split("\n  ")
        assert headline.endswith("project-1-at-2026-01-02.json cannot be used:")
        return [problem.removeprefix("project-1-at-2026-01-02.json: ") for problem in problems]


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


NEW_CUE = {
    "source_name": {"text": ["موسكو"]},
    "source_type": {"choices": ["organization"]},
    "mode": {"choices": ["direct"]},
    "polarity": {"choices": ["asserted"]},
    "statement_C01": {"choices": ["agree"]},
}


def test_the_records_come_back_with_the_task_and_the_result_they_stand_at(project):
    found = project.read()
    assert encode_annotation(i.record for i in found["p-a"]) == encode_annotation(FIRST)
    where = {i.where for i in found["p-a"] if isinstance(i.record, AttributionRecord)}
    file = "project-1-at-2026-01-02.json"
    assert f'{file}: task 1 (p-a), result "A03" (attribution)' in where


def test_what_label_studio_adds_to_its_export_is_skipped(project):
    for number, task in enumerate(project.tasks):
        task |= {
            "id": 40 + number, "created_at": "2026-01-02", "drafts": [{"result": [{}]}],
            "predictions": [{"result": [{}]}], "meta": {}, "project": 7, "file_upload": "x.json",
        }  # fmt: skip
        task["annotations"][0] |= {
            "id": 9, "completed_by": 1, "was_cancelled": False, "lead_time": 1.5, "task": 40,
        }  # fmt: skip
        task["annotations"].append({"was_cancelled": True, "result": [{"type": "nonsense"}]})
        for result in task["annotations"][0]["result"]:
            result |= {"origin": "manual", "readonly": False, "meta": {"text": ["?"]}}
    assert encode_annotation(i.record for i in project.read()["p-a"]) == encode_annotation(FIRST)


def test_the_order_of_the_results_does_not_matter(project):
    project.results.reverse()
    assert encode_annotation(i.record for i in project.read()["p-a"]) == encode_annotation(FIRST)


def test_a_region_of_another_type_is_an_entity_of_that_type(project):
    project.one("PERS-2-8", "entity")["value"]["labels"] = ["NORP"]
    assert project.records(EntityRecord)[0].type == "NORP"


def test_a_new_region_is_an_entity_whatever_its_id(project):
    project.add_region("Dx_aB91ISN", "الحرب", "EVENT", control="entity")
    found = span("الحرب")
    assert project.records(EntityRecord)[-1] == EntityRecord(
        start=found.start, end=found.end, type="EVENT", text="الحرب"
    )


def test_new_cues_get_the_next_free_ids_in_the_order_of_the_text(project):
    project.add_region("zz", "عاد", "Cue", **NEW_CUE)
    project.add_region("qq", "وأضاف", "Cue", **NEW_CUE)
    project.add_region("cc", "نعم، بحسب", "Content")
    project.relate("zz", "cc")
    project.relate("qq", "Source-2-8")
    ids = {r.cue.text: r.id for r in project.records(AttributionRecord)}
    assert ids == {":": "A01", "قال": "A03", "ونفى": "A04", "وأضاف": "A05", "عاد": "A06"}
    new = project.records(AttributionRecord)[-1]
    assert (new.source_name, new.source_type, new.source) == (
        "موسكو",
        "organization",
        span("لافروف"),
    )
    assert StanceRecord(claim_id="C01", attribution="A06", label="agree") in project.records(
        StanceRecord
    )


def test_the_id_of_a_deleted_attribution_is_not_given_to_a_new_one(project):
    project.remove("A04", name_of("Content", "الحرب"))
    project.add_region("zz", "عاد", "Cue", **NEW_CUE)
    assert [r.id for r in project.records(AttributionRecord)] == ["A01", "A03", "A05"]


def test_a_deleted_cue_takes_its_attribution_and_its_stance_along(project):
    project.remove("A04", name_of("Content", "الحرب"))
    assert [r.id for r in project.records(AttributionRecord)] == ["A01", "A03"]
    assert "A04" not in {r.attribution for r in project.records(StanceRecord)}


@pytest.mark.parametrize("direction", ["left", "right", "bi"])
def test_a_relation_counts_whichever_way_it_was_drawn_and_without_a_label(project, direction):
    content = name_of("Content", "الحرب")
    project.results[:] = [r for r in project.results if r.get("to_id") != content]
    project.relate(content, "A04", direction=direction)
    assert project.records(AttributionRecord)[2].content == (span("الحرب"),)


def test_a_relation_drawn_twice_counts_once(project):
    project.relate(name_of("Source", "بوتين"), "A04")
    assert encode_annotation(i.record for i in project.read()["p-a"]) == encode_annotation(FIRST)


def test_several_contents_come_in_the_order_of_the_text(project):
    project.results.reverse()
    (record,) = (r for r in project.records(AttributionRecord) if r.id == "A03")
    assert record.content == (span("نعم"), span("للسلام"))


def test_a_region_may_be_an_entity_and_a_part_of_an_attribution(project):
    project.add_region("both", "أنه عاد", "Content")
    project.add_region("both", "أنه عاد", "EVENT", control="entity")
    project.relate("A04", "both", "content")
    assert project.records(AttributionRecord)[2].content == (span("أنه عاد"), span("الحرب"))
    assert project.records(EntityRecord)[-1].text == "أنه عاد"


def test_a_note_that_is_left_empty_is_none(project):
    project.one("note_C01", "note_C01")["value"]["text"] = [" "]
    assert project.records(StanceRecord)[0].note is None


def test_the_surface_may_be_missing_and_its_white_space_be_the_browsers(project):
    del project.one("PERS-2-8", "entity")["value"]["text"]
    result = project.one(name_of("Content", "للسلام"), "attribution")
    result["value"] |= {"end": span("وأضاف").end, "text": "للسلام.\\n\\nوأضاف"}
    assert project.records(EntityRecord)[0].text == "لافروف"
    (record,) = (r for r in project.records(AttributionRecord) if r.id == "A03")
    assert record.content[1].text == "للسلام.\n\nوأضاف"


def test_offsets_are_code_points_and_utf_16_units_are_named_as_such(project):
    assert len("😀") == 1
    assert len("😀".encode("utf-16-le")) == 2 * 2
    value = project.one("PERS-2-8", "entity")["value"]
    value |= {"start": 3, "end": 9}
    (problem,) = project.problems()
    assert problem == (
        "task 1 (p-a), result \"PERS-2-8\" (entity): the surface is 'لافروف', but [3, 9) of the "
        "text is 'افروف:'; the offsets count UTF-16 units, code points are needed"
    )


def test_an_offset_that_is_off_says_where_the_surface_stands(project):
    value = project.one("PERS-2-8", "entity")["value"]
    value |= {"start": 1, "end": 7}
    (problem,) = project.problems()
    assert problem.endswith(
        "the surface is 'لافروف', but [1, 7) of the text is ' لافرو'; the surface stands at [2, 8)"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            {"text": "بايدن"},
            "'بايدن', but [2, 8) of the text is 'لافروف'; the text does not hold the",
        ),
        ({"text": ""}, "the surface is '', but [2, 8) of the text is 'لافروف'"),
        ({"start": 8, "end": 8}, f"[8, 8) of a text of {len(TEXT)} characters"),
        ({"end": 999}, f"[2, 999) of a text of {len(TEXT)} characters"),
        ({"start": -1}, f"[-1, 8) of a text of {len(TEXT)} characters"),
        ({"start": None}, "field `value`: start and end are needed"),
        ({"start": "2"}, "field `value.start`: Expected `int | null`, got `str`"),
        ({"labels": ["PER"]}, "unknown option 'PER'; did you mean 'PERS'?"),
        ({"labels": []}, "one of its options is needed, found 0: []"),
        ({"labels": ["PERS", "ORG"]}, "one of its options is needed, found 2: ['PERS', 'ORG']"),
    ],
)
def test_a_wrong_region_is_named(project, value, said):
    project.one("PERS-2-8", "entity")["value"] |= value
    (problem,) = project.problems()
    assert problem.startswith("task 1 (p-a), result ")
    assert said in problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"from_name": "label"},
            "unknown control 'label'; the labelling interface must be that of",
        ),
        ({"type": "choices"}, "its type is 'choices', it should be 'labels'"),
        ({"id": "GPE-10-15"}, "a region of that id was there before"),
        ({"id": ""}, "a result of a region needs an id"),
        ({"type": 3}, "field `type`: Expected `str`, got `int`"),
    ],
)
def test_a_wrong_result_is_named(project, change, said):
    result = project.one("PERS-2-8", "entity")
    project.results.remove(result)
    project.results.append(result | change)
    (problem,) = project.problems()
    assert problem.startswith("task 1 (p-a), result ")
    assert said in problem


@pytest.mark.parametrize(
    ("control", "said"),
    [
        ("source_name", "the Cue 'قال' has no source_name; select it and give one"),
        ("source_type", "the Cue 'قال' has no source_type; select it and give one"),
        ("mode", "the Cue 'قال' has no mode; select it and give one"),
        ("polarity", "the Cue 'قال' has no polarity; select it and give one"),
    ],
)
def test_a_cue_needs_all_its_fields(project, control, said):
    project.results.remove(project.one("A03", control))
    assert project.problems() == [f'task 1 (p-a), result "A03" (attribution): {said}']


def test_an_empty_source_name_is_none(project):
    project.one("A03", "source_name")["value"]["text"] = [""]
    (problem,) = project.problems()
    assert "has no source_name" in problem


@pytest.mark.parametrize(
    ("control", "value", "said"),
    [
        ("mode", {"choices": ["indirekt"]}, "unknown option 'indirekt'; did you mean 'indirect'?"),
        ("mode", {"choices": ["direct", "mixed"]}, "found 2: ['direct', 'mixed']"),
        ("source_name", {"text": ["a", "b"]}, "one text is needed, found 2: ['a', 'b']"),
        ("statement_C01", {"choices": ["neutral"]}, "unknown option 'neutral'"),
    ],
)
def test_a_wrong_field_of_a_cue_is_named(project, control, value, said):
    project.one("A03", control)["value"] |= value
    problem = project.problems()[0]
    assert problem.startswith(f'task 1 (p-a), result "A03" ({control}): ')
    assert said in problem


def test_a_field_given_twice_is_named(project):
    project.results.append(project.one("A03", "mode"))
    assert project.problems() == ['task 1 (p-a), result "A03" (mode): it was given before']


def test_a_field_of_a_region_that_is_no_cue_is_named(project):
    project.add_region("x", "الحرب", "EVENT", control="entity", mode={"choices": ["direct"]})
    assert project.problems() == [
        'task 1 (p-a), result "x" (mode): it belongs to a Cue, and its region is none'
    ]


def test_a_note_needs_its_stance(project):
    project.results.remove(project.one("stance_C01", "stance_C01"))
    (problem,) = project.problems()
    assert problem == (
        'task 1 (p-a), result "note_C01" (note_C01): a note without a stance; choose one or '
        "delete it"
    )


@pytest.mark.parametrize(
    ("ends", "labels", "said"),
    [
        (("A03", "gone"), (), "there is no region 'gone'"),
        (
            ("A03", "PERS-2-8"),
            (),
            "'PERS-2-8' is an entity; a relation joins a Cue with its Source",
        ),
        (("A03", "A01"), (), "it joins a Cue and a Cue; a relation joins a Cue with its Source"),
        (("Source-2-8", "Source-27-32"), (), "it joins a Source and a Source; a relation"),
        (("A01", "Source-27-32"), ("via",), "it is labelled 'via', but leads to a Source"),
    ],
)
def test_a_wrong_relation_is_named(project, ends, labels, said):
    project.relate(*ends, *labels)
    (problem,) = project.problems()
    assert problem.startswith(f'task 1 (p-a), relation "{ends[0]}" → "{ends[1]}": {said}')


def test_a_second_source_of_a_cue_is_named(project):
    project.relate("A01", "Source-27-32", "source")
    (problem,) = project.problems()
    assert problem == (
        "task 1 (p-a), result \"A01\" (attribution): the Cue ':' has 2 regions Source, one is "
        "allowed"
    )


def test_a_part_that_no_cue_leads_to_is_named(project):
    project.remove("A04")
    (problem,) = project.problems()
    assert problem == (
        f'task 1 (p-a), result "{name_of("Content", "الحرب")}" (attribution): the Content '
        "'الحرب' belongs to no Cue; draw a relation or delete it"
    )


def test_a_wrong_cue_is_one_mistake_and_not_one_for_all_that_hangs_on_it(project):
    project.one("A04", "attribution")["value"]["labels"] = ["Verb"]
    (problem,) = project.problems()
    assert "unknown option 'Verb'" in problem


def test_all_that_is_wrong_is_said_together(project):
    project.one("PERS-2-8", "entity")["value"]["labels"] = ["PER"]
    project.results.remove(project.one("A03", "mode"))
    project.tasks[1]["data"]["doc_id"] = "q-b"
    assert [problem.split(":")[0] for problem in project.problems()] == [
        'task 1 (p-a), result "PERS-2-8" (entity)', 'task 1 (p-a), result "A03" (attribution)',
        "task 2 (q-b)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"data": {"text": "x"}}, "field `data`: Object missing required field `doc_id`"),
        ({"data": {"text": "x", "doc_id": 1}}, "field `data.doc_id`: Expected `str`, got `int`"),
        ({"annotations": None}, "field `annotations`: Expected `array`, got `null`"),
        ({"annotations": [{}]}, "field `annotations[0]`: Object missing required field `result`"),
    ],
)
def test_what_is_no_task_is_named(project, change, said):
    project.tasks[0] |= change
    assert project.problems() == [f"task 1: {said}; export the project as JSON"]


@pytest.mark.parametrize(
    ("annotations", "count"),
    [([], 0), ([{"result": [], "was_cancelled": True}], 0), ([{"result": []}] * 2, 2)],
)
def test_a_task_needs_one_annotation_that_is_not_cancelled(project, annotations, count):
    project.tasks[0]["annotations"] = annotations
    (problem,) = project.problems()
    assert problem == (
        f"task 1 (p-a): it has {count} annotations that are not cancelled, one is needed; "
        "annotate it or delete all others"
    )


def test_another_text_is_named_with_its_first_difference(project):
    project.tasks[0]["data"]["text"] = TEXT.replace("بوتين", "بايدن")
    (problem,) = project.problems()
    assert problem.startswith(
        "task 1 (p-a): the text is not the corpus's: at character 28 it has 'ايدن"
    )


def test_a_document_twice_or_unknown_is_named(project):
    project.tasks.append(project.tasks[0])
    project.tasks[1]["data"]["doc_id"] = "q-b"
    assert project.problems() == [
        "task 2 (q-b): the corpus has no such document; did you mean 'q-a'? known are: p-a, q-a",
        "task 3 (p-a): the document was there before, in task 1",
    ]


def test_a_missing_document_is_left_to_the_caller(project):
    del project.tasks[1]
    assert list(project.read()) == ["p-a"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[{", "not JSON: "),
        (b'"\xff"', "not JSON: "),
        (b"{}", "a list of tasks is needed, found dict; export the project as JSON"),
    ],
)
def test_a_file_that_holds_no_tasks_is_named(project, content, said):
    (project.folder / "tasks.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        LABEL_STUDIO.read(project.folder, project.sources)
    assert str(caught.value).startswith(f"{project.folder / 'tasks.json'}: {said}")


def test_which_file_is_meant_must_be_plain(project):
    with pytest.raises(InputError, match=r"one \.json file with the tasks is needed, found none"):
        LABEL_STUDIO.read(project.folder, project.sources)
    project.save("tasks.json")
    project.save()
    with pytest.raises(InputError, match=r"found project-1-at-2026-01-02\.json, tasks\.json"):
        LABEL_STUDIO.read(project.folder, project.sources)


def test_an_annotators_change_reaches_the_corpus_and_nothing_else_does(tmp_path):
    data, folder = tmp_path / "data", tmp_path / "project"
    for name in ("raw", "annotations"):
        shutil.copytree(data_dir() / name, data / name)
    export(data, "label-studio", folder)
    tasks = json.loads((folder / "tasks.json").read_bytes())
    results = tasks[2]["annotations"][0]["result"]
    entity = next(r for r in results if r.get("from_name") == "entity")
    entity["value"]["labels"] = ["LANGUAGE"]
    (folder / "tasks.json").write_text(json.dumps(tasks), "utf-8")
    before = read_sources(data)
    doc_id = list(before.documents)[2]
    assert import_annotation(data, "label-studio", folder) == [doc_id]
    old, new = before.entities(doc_id), read_sources(data).entities(doc_id)
    assert (new[0].text, new[0].type) == (old[0].text, "LANGUAGE")
    assert new[1:] == old[1:]


def test_a_byte_order_mark_before_the_tasks_is_skipped(project):
    (project.folder / "tasks.json").write_bytes(
        b"\xef\xbb\xbf" + json.dumps(project.tasks).encode()
    )
    assert set(LABEL_STUDIO.read(project.folder, project.sources)) == {"p-a", "q-a"}


def test_lists_without_end_are_no_json(project):
    (project.folder / "tasks.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match=r"tasks\.json: not JSON: "):
        LABEL_STUDIO.read(project.folder, project.sources)
