"""The documentation: what it shows can be run, what it explains is there, and it builds.

Its pages mark what a test does with a block by a comment before it: `<!-- run -->` runs the lines
of a shell block, `<!-- output -->` is what the block before prints. A block with a title is a file,
and every other Python block is run, unless `<!-- not run: … -->` says which test does that.
"""

import ast
import importlib.util
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec
import pytest
import typer.main
import yaml
from browser import CHROMIUM, browser
from invented_boards import ner
from project_files import ROOT

import arnews_bench as ab
from arnews_bench.alignment import LEAST_SIMILARITY, How
from arnews_bench.answer_log import Answer, Latency, Usage
from arnews_bench.cli import app
from arnews_bench.comparison import Comparison
from arnews_bench.declaration import FORMATS, Data, Declaration
from arnews_bench.leaderboard import Board, Column, Entry, Leaderboard, ModelRow
from arnews_bench.models.hf.label_maps import shipped_label_maps
from arnews_bench.models.hf.options import Options as TransformerOptions
from arnews_bench.models.llm.options import RECORDED
from arnews_bench.models.llm.options import Options as LanguageModelOptions
from arnews_bench.predictions import check_predictions, convert_predictions
from arnews_bench.preview import Preview, PromptMessage
from arnews_bench.ranking import Standing
from arnews_bench.report.leaderboard_text import SCORE, header
from arnews_bench.report.table import print_runs
from arnews_bench.report.usage import usage_facts
from arnews_bench.results import Dataset, DocumentCount, ModelInfo, Run, Sizes, TrainedOn
from arnews_bench.schema import ENTITY_TYPES, STANCE_LABELS
from arnews_bench.scoring import SCORERS
from arnews_bench.tasks import external_task_names

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
ALL_PAGES = [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "baselines" / "README.md"]
_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^>]*) -->\n)?^```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n"
    r"(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# What the tables of the pages were printed with.
_COLUMNS = "80"


class Block(NamedTuple):
    """A code block; `line` is its first one."""

    mark: str
    language: str
    title: str
    body: str
    line: int


def read(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        parts = {name: found[name] or "" for name in ("mark", "language", "title", "body")}
        yield Block(**parts, line=text[: found.start("body")].count("\n") + 1)


def commands(body: str) -> list[list[str]]:
    """The calls of `arbench` in a shell block, without their comments."""
    lines = [shlex.split(line, comments=True) for line in body.splitlines()]
    return [words[1:] for words in lines if words[:1] == ["arbench"]]


def section(page: str, heading: str) -> str:
    """What stands below a heading, to the next one of its level or above."""
    level = heading.partition(" ")[0]
    _, _, rest = f"\n{page}".partition(f"\n{heading}\n")
    assert rest, heading
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def explained(text: str) -> set[str]:
    """The words in code of the first cells of a text's tables."""
    rows = re.findall(r"^\| (.*?) \| ", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


# ---------------------------------------------------------------------------- what is shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_shows_runs_and_prints_what_it_says(page, tmp_path, monkeypatch, arbench):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", _COLUMNS)
    names: dict[str, object] = {}
    printed = ""
    for block in blocks(page):
        place = f"{page.name}, line {block.line}"
        if block.mark == "plugin":
            break  # what follows needs the package that the page shows
        if block.title:
            path = tmp_path / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, encoding="utf-8")
        elif block.mark == "output":
            assert shown(printed.replace(f"{tmp_path}{os.sep}", "")) == shown(block.body), place
        elif block.language == "python" and not block.mark.startswith("not run"):
            with redirect_stdout(io.StringIO()) as stream, monkeypatch.context() as patch:
                # As of a script in this folder; the command line does not look there.
                patch.syspath_prepend(tmp_path)
                exec(compile(block.body, place, "exec"), names)  # noqa: S102 (our own page)
            printed = stream.getvalue()
        elif block.mark == "run":
            for words in commands(block.body):
                result = arbench(*words)
                assert result.code == 0, f"{place}: {result.err}"
                printed = result.out
    for name in [name for name, module in sys.modules.items() if _is_in(module, tmp_path)]:
        del sys.modules[name]


def shown(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _is_in(module: object, folder: Path) -> bool:
    return (getattr(module, "__file__", None) or "").startswith(str(folder))


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_commands_have_the_options_that_a_page_gives_them(page):
    for block in blocks(page):
        for words in commands(block.body) if block.language == "sh" else ():
            command, name, rest = typer.main.get_command(app), "arbench", words
            while hasattr(command, "commands"):
                assert set(rest[:1]) & set(command.commands), (page.name, words)
                name, rest = rest[0], rest[1:]
                command = command.commands[name]
            given = command.make_context(name, rest).params
            # One model of each type of task is kept.
            assert not given.get("save") or given["seeds"] == 1, (page.name, words)


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_commands_in_a_sentence_exist_with_their_options(page):
    text = page.read_text(encoding="utf-8")
    for line in re.findall(r"`(arbench [^`]*)`", text):
        command, rest = typer.main.get_command(app), shlex.split(line)[1:]
        while hasattr(command, "commands") and rest and not rest[0].startswith("--"):
            assert rest[0] in command.commands, (page.name, line)
            command, rest = command.commands[rest[0]], rest[1:]
        options = {option for parameter in command.params for option in parameter.opts}
        given = {word for word in rest if word.startswith("--")}
        assert given <= options | {"--help"}, (page.name, line)


def test_arabic_examples_are_in_the_rows_that_they_name():
    examples = re.findall(
        r'<div class="arabic" dir="rtl" lang="ar" data-row="(\S+) (\S+) (\S+)" markdown>\n'
        r"(.*?)\n</div>",
        read("tasks"),
    )
    assert {task for task, *_ in examples} == set(ab.task_names())
    for task, split, row_id, body in examples:
        row = next(row for row in ab.load_rows(task, split) if row.id == row_id)
        text = re.sub(r" ?<small>.*?</small>|</?mark>", "", body)
        assert text in (row.text, getattr(row, "claim", "")) or text in row.text, text


def test_arabic_outside_of_code_says_its_direction():
    for page in PAGES:
        text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
        text = re.sub(r'<div [^>]*dir="rtl" lang="ar".*?</div>', "", text, flags=re.DOTALL)
        text = re.sub(r"`[^`\n]+`", "", text)
        assert not re.search("[\u0600-\u06ff]", text), page.name


def test_example_answers_fit_their_rows():
    found = 0
    for page in PAGES:
        for block in blocks(page):
            if block.mark.startswith("prediction"):
                _, task, row_id = block.mark.split()
                row = next(row for row in ab.load_rows(task, "test") if row.id == row_id)
                answer = msgspec.json.decode(block.body)
                located = convert_predictions([answer], task, origin=page.name)
                assert check_predictions([row], located, origin=page.name)
                found += 1
    assert found >= 5


def test_declarations_can_be_read(tmp_path):
    found = [block for block in blocks(DOCS / "own-task.md") if block.mark == "declaration"]
    assert found
    for block in found:
        path = tmp_path / "task.yaml"
        path.write_text(block.body, encoding="utf-8")
        assert ab.load_task(path).name == yaml.safe_load(block.body)["name"]


def test_the_package_of_the_plugin_page_installs_and_runs(tmp_path):
    page = list(blocks(DOCS / "plugins.md"))
    package, target = tmp_path / "package", tmp_path / "target"
    for block in page:
        if block.title:
            path = package / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, encoding="utf-8")
    run(
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--no-build-isolation", "--no-index", "--target", target, package,
    )  # fmt: skip
    (words,) = commands(next(block for block in page if block.mark == "plugin").body)
    code = "from arnews_bench.cli import main; main()"
    printed = run(
        sys.executable, "-c", code, *words, "--json",
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": f"{target}{os.pathsep}{ROOT}"},
    )  # fmt: skip
    (record,) = msgspec.json.decode(printed)
    assert (record["task"], record["model"]["spec"]) == ("headlines", "last-tag")
    # It knows Washington, and neither Macron nor Russia.
    assert record["metrics"]["recall"]["value"] == pytest.approx(1 / 3)
    assert (tmp_path / "results" / "last-tag").is_dir()


# ---------------------------------------------------------------------------- what is explained


def measures_explained(task: str) -> set[str]:
    """Names of measures; `f1/LABEL` stands for one a label."""
    part = section(read("columns"), f"## Measures of {task}")
    of_family = {"TYPE": ENTITY_TYPES, "LABEL": STANCE_LABELS}
    named = set(re.findall(r"`([^`]+)`", part))
    found = set()
    for name in explained(part):
        stem, _, family = name.partition("/")
        if family in of_family:
            assert set(of_family[family]) <= named, name
            found |= {f"{stem}/{member}" for member in of_family[family]}
        else:
            found.add(name)
    return found


@pytest.mark.parametrize("task", SCORERS)
def test_every_measure_is_explained_and_no_other(task):
    assert measures_explained(task) == set(SCORERS[task].measures)
    rows = [f"{name}, C01" for name in SCORERS[task].group_measures if name != "rows"]
    assert all(f"`{row}`" in read("columns") for row in rows)


def fields(record: type, parts: Mapping[str, type] | None = None) -> set[str]:
    """The fields of a record, with those of its parts, and of theirs, as `part.field`."""
    found = set()
    for field in msgspec.structs.fields(record):
        part = (parts or {}).get(field.name)
        inner = fields(part, parts) if part else ()
        found |= {f"{field.name}.{name}" for name in inner} or {field.name}
    return found


def test_every_field_of_a_run_is_explained_and_no_other():
    part = section(read("columns"), "## run.json")
    parts = {"dataset": Dataset, "model": ModelInfo, "n": Sizes, "usage": Usage}
    wanted = fields(Run, parts | {"latency": Latency})
    # It may be null as a whole, which is said in a row of its own.
    assert explained(part) == wanted | {"usage"}
    named = set(re.findall(r"`([^`]+)`", part))
    assert {f"trained_on.{field.name}" for field in msgspec.structs.fields(TrainedOn)} <= named
    assert fields(DocumentCount) | fields(ab.Score) <= named


def test_every_field_of_a_logged_answer_is_explained_and_no_other():
    part = section(read("columns"), "## answers.jsonl")
    assert explained(part) == fields(Answer)


def _values(part: str) -> list[str]:
    """What stands in code in the cells that explain."""
    rows = re.findall(r"^\| .*? \| (.*) \|$", part, re.MULTILINE)
    return [value for row in rows for value in re.findall(r"`([^`]+)`", row)]


def test_every_column_and_field_of_a_dry_run_is_explained(arbench, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    part = section(read("columns"), "## arbench eval --dry-run")
    columns, _, of_json = part.partition("The fields of `--json`")
    call = ("eval", "llm:openai/x", "--task", "stance", "--limit", 1, "--dry-run")
    heads = next(line for line in arbench(*call).out.splitlines() if line.startswith("┃"))
    assert {head.strip() for head in heads.strip("┃").split("┃")} == explained(columns)
    assert explained(of_json) == fields(Preview)
    assert fields(PromptMessage) <= set(_values(of_json))


def test_every_column_and_fact_of_what_answers_took_is_explained(capsys, monkeypatch):
    monkeypatch.setattr("arnews_bench.report.console._WIDE", 200)
    answer = Answer(
        id="a", completion="{}", model="m", stop_reason="stop", input_tokens=1, output_tokens=1,
        seconds=1.0,
    )  # fmt: skip
    found = ner("llm:openai/x", 1, usage=Usage.of([answer]))
    print_runs([found], [None], as_json=False, details=False)
    table = capsys.readouterr().out.split("┏")[2]
    lines = [line.strip("┃").split("┃") for line in table.splitlines() if line.startswith("┃")]
    heads = {" ".join(filter(None, map(str.strip, parts))) for parts in zip(*lines, strict=True)}
    assert heads == explained(section(read("columns"), "## What the answers took"))
    facts = usage_facts(found.usage)
    assert set(facts) <= explained(section(read("columns"), "## arbench report"))


def test_every_field_of_a_comparison_is_explained_and_no_other():
    part = section(read("columns"), "## arbench compare")
    _, _, table = part.partition("The fields of `--json`")
    assert explained(table) == fields(Comparison)


def test_every_field_of_a_leaderboard_is_explained():
    _, _, part = section(read("columns"), "## arbench report").partition("`--format json`")
    named = {name.rpartition(".")[2] for name in re.findall(r"`([^`]+)`", part)}
    for record in (Leaderboard, Board, Column, ModelRow, Entry, Standing):
        assert fields(record) <= named, record


def test_every_column_of_a_table_is_explained(tmp_path, arbench, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    page = read("columns")
    for name in ("majority", "random"):
        for task in ab.task_names():
            shown_table = arbench("eval", name, "--task", task, "--out", tmp_path).out
    heads = [head.strip() for head in shown_table.splitlines()[2].strip("┃").split("┃")]
    assert set(heads) == explained(section(page, "## arbench eval")) - {"annotators"}

    compared = arbench("compare", tmp_path / "majority", tmp_path / "random").out
    heads = set(re.split(r" {2,}|(?<=Holm) |(?<=B) (?=A)", compared.splitlines()[2].strip()))
    table = section(page, "## arbench compare").partition("The fields of")[0]
    assert {*heads - {"power"}, "80 % power"} == explained(table), heads

    board = arbench("report", tmp_path, "--format", "json").out
    (first,) = msgspec.json.decode(board, type=Leaderboard).boards
    report = explained(section(page, "## arbench report"))
    assert {SCORE, "#", "model", *map(header, first.columns)} <= report
    html = arbench("report", tmp_path, "--format", "html").out
    facts = set(re.findall(r"<dt><bdi>(.*?)</bdi></dt>", html)) - {"C01"}
    facts = {fact for fact in facts if not re.fullmatch(r"C\d+", fact)}
    known = {re.sub(r" ?….*", "", name) for name in report if "…" in name}
    assert {fact for fact in facts if not fact.startswith(tuple(known))} <= report


def test_every_option_of_a_transformer_is_explained_with_its_default():
    part = section(read("transformers"), "## Fine-tuning")
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", part, re.MULTILINE)
    defaults = {field.name: field.default for field in msgspec.structs.fields(TransformerOptions)}
    assert {name for name, _ in rows} == set(defaults)
    for name, said in rows:
        if defaults[name] is not None:
            assert said == str(defaults[name]), name


def test_every_option_of_a_language_model_is_explained_with_its_default():
    part = section(read("llm"), "## Options")
    rows = dict(re.findall(r"^\| `([\w.]+)` \| .* \| (.*) \|$", part, re.MULTILINE))
    options = {field.name: field for field in msgspec.structs.fields(LanguageModelOptions)}
    # Given one by one, under the provider's names.
    assert options.pop("arguments")
    assert set(rows) == {*options, "arg.NAME"}
    for name, field in options.items():
        if field.default is not None:
            assert rows[name] == str(field.default), name


def test_what_a_run_of_a_language_model_depends_on_stands_first_in_its_table():
    part = section(read("llm"), "## Options")
    names = re.findall(r"^\| `([\w.]+)` \|", part, re.MULTILINE)
    assert names[: len(RECORDED)] == list(RECORDED)
    assert RECORDED[-1] == "reasoning_tokens"
    assert f"the options down to `{RECORDED[-1]}` by name" in part


def test_every_parameter_of_the_inspect_tasks_is_explained():
    # inspect-ai takes seconds to import.
    tree = ast.parse((ROOT / "arnews_bench" / "inspect_tasks.py").read_text("utf-8"))
    tasks = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    tasks = [node for node in tasks if "task" in map(ast.unparse, node.decorator_list)]
    assert {node.name for node in tasks} == set(ab.task_names())
    parameters = {argument.arg for node in tasks for argument in node.args.kwonlyargs}
    assert explained(section(read("llm"), "## With inspect")) == parameters


def test_every_way_in_which_a_string_is_placed_is_explained():
    part = section(read("llm"), "## From words to places")
    assert explained(part) == set(get_args(How))
    assert f"of at least {LEAST_SIMILARITY}:" in part


def test_every_label_map_is_named():
    assert explained(section(read("transformers"), "## Label maps")) == set(shipped_label_maps())


def test_every_field_of_a_declaration_is_explained():
    page = read("own-task")
    declared = section(page, "## The declaration").partition("\n### ")[0]
    assert explained(declared) == fields(Declaration)
    formats, _, of_data = section(page, "### Data").partition("field of `data`")
    assert explained(formats) == set(FORMATS)
    assert explained(of_data) - {"data"} == fields(Data)
    assert explained(section(page, "## Ready declarations")) == set(external_task_names())


def test_the_reference_has_every_public_name():
    assert sorted(re.findall(r"^::: arnews_bench\.(\w+)$", read("api"), re.MULTILINE)) == sorted(
        ab.__all__
    )


# ---------------------------------------------------------------------------- the site


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The built site; a broken link or anchor fails the build."""
    for module in ("mkdocs", "material", "mkdocstrings"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f'{module} is not installed: pip install "arnews-bench[docs]"')
    folder = tmp_path_factory.mktemp("site")
    run(
        sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder,
        cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"},
    )  # fmt: skip
    return folder


def test_the_site_builds_strictly_with_all_pages(site):
    built = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    guidelines = {f"tasks/{task}/guidelines" for task in ab.task_names()}
    assert built == {page.stem for page in PAGES} | guidelines | {"404"}
    assert not list(site.rglob("*.py"))


def test_a_page_asks_nothing_of_the_network(site):
    loading = re.compile(r'<(?:link|script|img|iframe)[^>]*(?:href|src)="?((?:https?:)?//[^"\s>]*)')
    for path in site.rglob("*.html"):
        assert not loading.findall(path.read_text(encoding="utf-8")), path.name
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", path.read_text()), path


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_a_browser_loads_pages_from_the_disk_alone_and_shows_arabic_from_the_right(site):
    with browser() as page:
        page.open(site / "tasks.html")
        assert {url.partition(":")[0] for url in page.requests} <= {"file", "data", "blob"}
        style = "getComputedStyle(document.querySelector('.arabic'))"
        assert page.evaluate(f"{style}.direction") == "rtl"
        for width in (390, 1200):
            page.size(width, 900)
            inside = "document.documentElement.scrollWidth <= window.innerWidth"
            assert page.evaluate(inside), width


def run(*command: object, **options) -> str:
    result = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, **options
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout
