"""Where a transformer comes from: a folder, the Hub, its cache; and what is said if it does not."""

import json
import subprocess
import sys

import pytest
from loopback_hub import LoopbackHub, in_child

from arnews_bench import InputError, load_task
from arnews_bench.models.hf import fetch, huggingface_source
from arnews_bench.models.hf.fetch import Location

# Asks for each model in turn: prints its commit and the files that were fetched, or the message;
# and as an error that it would have slept before it asked again.
ASK = """
import json, sys, time
from arnews_bench import InputError
from arnews_bench.models.hf.fetch import Location
answers = {}
time.sleep = lambda seconds: print(f"{seconds} seconds", file=sys.stderr)
for rest in sys.argv[1:]:
    try:
        location = Location(rest)
        found = location.fetch()
        files = sorted(path.name for path in found.folder.iterdir())
        answers[rest] = {"commit": location.revision, "files": files}
    except InputError as error:
        answers[rest] = {"error": str(error)}
assert "torch" not in sys.modules
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def hub(tiny_encoder):
    """A Hub with a model that can be used, and several that cannot."""
    files = {path.name: path.read_bytes() for path in tiny_encoder.iterdir()}
    with LoopbackHub() as hub:
        good = hub.store.create("model", "org/good")
        good.commit({**files, "modeling.py": "raise SystemExit", "onnx/model.safetensors": b"x"})
        good.tag("v1")
        good.commit({"README.md": "# Good"})
        hub.store.create("model", "org/gated", gated="auto").commit(files)
        pickled = {"config.json": files["config.json"], "pytorch_model.bin": b"x"}
        hub.store.create("model", "org/pickled").commit(pickled)
        hub.store.create("model", "org/other").commit({"model.gguf": b"x"})
        yield hub


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


def ask(endpoint, home, *models, **environment):
    done = in_child(ASK, *models, endpoint=endpoint, home=home, environment=environment)
    assert done.code == 0, done.err
    assert done.err == ""
    return json.loads(done.out)


@pytest.fixture(scope="module")
def answers(hub, home):
    models = ("org/good", "org/good@v1", "org/gated", "org/pickled", "org/other", "org/none",
              "org/good@v9")  # fmt: skip
    return ask(hub.url, home, *models)


def test_a_model_of_the_hub_is_fetched_without_pickles_and_code(answers, hub):
    assert answers["org/good"]["commit"] == hub.store.get("model", "org/good").branches["main"]
    assert "model.safetensors" in answers["org/good"]["files"]
    assert "tokenizer.json" in answers["org/good"]["files"]
    fetched = [request.path for request in hub.requests if "/resolve/" in request.path]
    assert not [path for path in fetched if path.endswith((".py", ".bin")) or "onnx" in path]


def test_a_revision_is_its_commit(answers, hub):
    good = hub.store.get("model", "org/good")
    assert answers["org/good@v1"]["commit"] == good.tags["v1"] != good.branches["main"]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("org/gated", "is gated: accept its terms at https://huggingface.co/org/gated"),
        ("org/pickled", "has its weights as a pickle only (pytorch_model.bin)"),
        ("org/other", "is no transformers model: it has no config.json"),
        ("org/none", "the Hub has no such model, or it is private"),
        ("org/good@v9", "org/good has no revision 'v9'"),
    ],
)
def test_a_model_that_cannot_be_used_is_explained(answers, model, message):
    assert answers[model]["error"].startswith(f"hf:{model}: {message}")


def test_without_the_hub_the_copy_in_the_cache_is_used(answers, home):
    offline = ask("http://127.0.0.1:9", home, "org/good", "org/gated", HF_HUB_OFFLINE="1")
    assert offline["org/good"] == answers["org/good"]
    assert offline["org/gated"]["error"] == (
        "hf:org/gated: the Hub cannot be reached (HF_HUB_OFFLINE is set) and there is no copy of "
        "the model in the cache; a folder that `save_pretrained` wrote can be given in its place: "
        "hf:FOLDER"
    )


def test_a_hub_that_refuses_is_asked_once(tmp_path):
    found = ask("http://127.0.0.1:9", tmp_path, "org/good")
    assert (
        "the Hub cannot be reached ([Errno 111] Connection refused)" in found["org/good"]["error"]
    )


def test_a_folder_is_known_by_its_files(tiny_encoder, tmp_path):
    import shutil

    shutil.copytree(tiny_encoder, tmp_path / "copy")
    first, second = Location(str(tiny_encoder)), Location(str(tmp_path / "copy"))
    assert first.name == "hf:tiny-encoder"
    assert first.revision == second.revision
    (tmp_path / "copy" / "config.json").write_text(
        (tiny_encoder / "config.json").read_text() + "\n"
    )
    assert Location(str(tmp_path / "copy")).revision != first.revision


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("", "there is no such folder"),
        ("./no/such", "there is no such folder, and a model on the Hub is given as hf:ORG/NAME"),
        ("a/b/c", "there is no such folder"),
        ("org/name@", "there is no such folder"),
    ],
)
def test_what_is_neither_a_folder_nor_a_name(rest, message):
    with pytest.raises(InputError, match=message):
        Location(rest)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.txt": ""}, "is no transformers folder: it has no config.json"),
        ({"config.json": "{"}, "broken JSON"),
        ({"config.json": "[]"}, "field `model_type` is missing"),
        ({"config.json": '{"model_type": "bert"}'}, "has no weights as safetensors"),
        (
            {"config.json": '{"model_type": "bert"}', "pytorch_model.bin": ""},
            r"weights as a pickle only \(pytorch_model.bin\)",
        ),
    ],
)
def test_a_folder_that_holds_no_model(tmp_path, files, message):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        Location(str(tmp_path)).fetch()


def test_a_model_that_needs_code_of_its_own_is_refused(tiny_encoder, tmp_path):
    import shutil

    folder = tmp_path / "coded"
    shutil.copytree(tiny_encoder, folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "mine", "auto_map": {"AutoModel": "modeling.Mine"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "modeling.py").write_text("raise SystemExit('was run')")
    task = load_task("ner")
    with pytest.raises(InputError, match=r"cannot be loaded|no tokenizer that can be loaded"):
        huggingface_source(str(folder), {}).create(task).fit(task, task.rows("train"), (), seed=0)


def test_a_missing_extra_is_named(monkeypatch, tiny_encoder):
    monkeypatch.setattr(fetch.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(InputError) as caught:
        huggingface_source(str(tiny_encoder), {}).create(load_task("ner"))
    assert 'pip install "arnews-bench[transformers]"' in str(caught.value)
    assert "torch, transformers, accelerate" in str(caught.value)


def test_the_scheme_is_resolved_without_torch(tiny_encoder):
    code = (
        "import sys; from arnews_bench.models.hf import huggingface_source as s;"
        "s(sys.argv[1], {}).revision(None);"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tiny_encoder)], check=True)
