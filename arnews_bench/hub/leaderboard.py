"""The leaderboard as a static Space: the page, and the runs that it is made of.

Runs that others submitted lie in the Space; they are fetched, scored again, and ranked beside
those that are added now. Nothing in the Space is deleted.
"""

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from arnews_bench import __version__
from arnews_bench.errors import InputError
from arnews_bench.files import read_bytes
from arnews_bench.hub.calls import Patience
from arnews_bench.hub.fetching import fetch
from arnews_bench.hub.sending import Connection, Sent, Snapshot
from arnews_bench.hub.uploads import File, Plan, Upload, require_repo_id, require_sendable
from arnews_bench.leaderboard import leaderboard
from arnews_bench.report.leaderboard_page import leaderboard_page
from arnews_bench.report.text_templates import text_environment
from arnews_bench.results import Run
from arnews_bench.run_files import run_folders
from arnews_bench.schema import Record
from arnews_bench.submissions import RUNS, place_of, verify_submissions
from arnews_bench.verification import LARGEST, RUN_FILES, require_reproduced

__all__ = ["LeftOut", "PublishedLeaderboard", "publish_leaderboard"]

# What may become a path on this machine: the names that `arbench eval` gives, and no others.
_RUN_FILE = re.compile(
    rf"{RUNS}/(?!\.)[\w.-]{{1,200}}/(?!\.)[\w.-]{{1,200}}/(?:{'|'.join(map(re.escape, RUN_FILES))})"
)
_CARD, _PAGE = "README.md", "index.html"
# What the Hub may put into a new Space.
_OF_A_NEW_ONE = frozenset({".gitattributes", "style.css", _CARD, _PAGE})
# How often the runs of a Space are looked at anew, as others were merged in the meantime.
_ROUNDS = 3
# How many models the title of a pull request names.
_NAMED = 3

_Progress = Callable[[str, int, int], None]


class LeftOut(Record, frozen=True, kw_only=True):
    """A run of the Space that is not on the page, and why."""

    place: str
    problems: tuple[str, ...]


class PublishedLeaderboard(Record, frozen=True, kw_only=True):
    """What was published, or would be.

    Attributes:
        plan: The files and the commit's message; the page of a dry run shows the given runs alone.
        runs: Where the runs on the page lie in the Space; of a pull request, those it adds.
        left_out: Runs that are in the Space, but do not reproduce on the rows used here.
        sent: Where the files lie; None for a dry run.
    """

    plan: Plan
    runs: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    sent: Sent | None = None


def publish_leaderboard(  # noqa: PLR0913 (the flags of the command)
    repo: str,
    runs: Sequence[Path] = (),
    *,
    data: Path | None = None,
    create_pr: bool | None = None,
    private: bool = False,
    dry_run: bool = False,
    patience: Patience | None = None,
    progress: _Progress | None = None,
) -> PublishedLeaderboard:
    """Publish runs on a leaderboard, or propose them to one that is not yours.

    Args:
        repo: `ORG/NAME`; a Space of your own is made if it is not there.
        runs: Runs, or folders of runs; none makes the page anew of those in the Space.
        data: A folder to take in place of the bundled dataset.
        create_pr: Propose the runs in a pull request, which leaves the page as it is; None does
            so if the Space is neither yours nor your organization's.
        private: Make a private Space.
        dry_run: Only say what would be sent; the Hub is not asked.
        patience: How long each call of the Hub goes on trying.
        progress: Told what is being done, how much of it is done, and how much there is.

    Raises:
        InputError: A run does not reproduce, the Space holds something else, there is no token,
            or the Hub refuses.
        WorkError: The Hub cannot be reached; the same call goes on.
    """
    require_repo_id(repo)
    tell = progress or _silent
    if missing := [str(path) for path in runs if not path.exists()]:
        raise InputError(f"{', '.join(missing)}: no such run")
    folders = run_folders(runs)
    tell("scoring the runs again", 0, len(folders))
    found = require_reproduced(folders, data)
    given = _Given(
        repo=repo,
        runs={str(place_of(run)): run for run in found},
        files=_run_files(zip(found, folders, strict=True)),
        data=data,
        patience=patience,
        tell=tell,
    )
    if not found and (create_pr or dry_run):
        way = "a pull request" if create_pr else "--dry-run: what is sent without asking the Hub"
        raise InputError(f"{way} consists of the given runs, and none is given")
    if dry_run:
        upload = _proposal(given) if create_pr else _leaderboard(given, given.runs)
        require_sendable(upload.files)
        return PublishedLeaderboard(plan=upload.plan(private=private), runs=given.places)
    connection = Connection(patience)
    connection.require_sendable(_proposal(given))
    if create_pr or (create_pr is None and not connection.owns(repo)):
        return _propose(given, connection)
    return _publish(given, connection, private=private)


class _Given(NamedTuple):
    """What is published where; `runs` and `files` go by their places in the Space."""

    repo: str
    runs: Mapping[str, Run]
    files: tuple[File, ...]
    data: Path | None
    patience: Patience | None
    tell: _Progress

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(sorted(self.runs))


def _propose(given: _Given, connection: Connection) -> PublishedLeaderboard:
    """Open a pull request with the runs alone: the page is made when they are merged."""
    if not given.runs:
        raise InputError(
            f"{given.repo}: is neither yours nor your organization's: you can propose runs, and "
            "none is given"
        )
    upload = _proposal(given)
    sent = connection.propose(upload)
    return PublishedLeaderboard(plan=upload.plan(), runs=given.places, sent=sent)


def _publish(given: _Given, connection: Connection, *, private: bool) -> PublishedLeaderboard:
    """Put the runs into a Space, with a page of them and of those that are there."""
    repo = given.repo
    there = connection.look("space", repo)
    if there is not None:
        _require_replaceable(repo, there)
    elif not given.runs:
        raise InputError(f"{repo}: there is no such Space, and no run is given to make it of")
    if connection.require_repo("space", repo, private=private, space_sdk="static"):
        there = connection.look("space", repo)
    for _ in range(_ROUNDS):
        kept, left_out = _runs_of_space(given, there)
        before, there = there, connection.look("space", repo)
        if there == before:
            break
    shown = {**kept, **given.runs}
    # The page is of the runs that were there: one that is merged now would be missing from it.
    upload = _leaderboard(given, shown)._replace(base=before.revision if before else None)
    given.tell(f"sending {len(upload.files)} files to {repo}", 0, 1)
    return PublishedLeaderboard(
        plan=upload.plan(private=private),
        runs=tuple(sorted(shown)),
        left_out=left_out,
        sent=connection.commit(upload),
    )


def _run_files(runs: Iterable[tuple[Run, Path]]) -> tuple[File, ...]:
    """The files of runs, where they lie in the Space."""
    files = {
        str(place_of(run) / name): read_bytes(folder / name)
        for run, folder in runs
        for name in RUN_FILES
    }
    return tuple(File(path, content) for path, content in sorted(files.items()))


def _proposal(given: _Given) -> Upload:
    """The runs alone."""
    models = sorted({run.system for run in given.runs.values()})
    more = f" and {len(models) - _NAMED} more" if len(models) > _NAMED else ""
    return Upload(
        kind="space",
        repo_id=given.repo,
        files=given.files,
        message=f"Add runs of {', '.join(models[:_NAMED])}{more}",
        description=f"Checked with `arbench leaderboard verify` of arnews-bench {__version__}.",
    )


def _leaderboard(given: _Given, shown: Mapping[str, Run]) -> Upload:
    """The page of all runs that are shown, and the files of those that are added."""
    repo = given.repo
    if not shown:
        raise InputError(f"{repo}: no run is given, and none in the Space reproduces")
    places = sorted(shown)
    page = leaderboard_page(
        leaderboard([shown[place] for place in places], places=places), lambda _: None
    )
    card = text_environment(str).get_template("leaderboard_card.md.j2")
    install = f'pip install "arnews-bench=={__version__}"'
    return Upload(
        kind="space",
        repo_id=repo,
        files=(
            File(_CARD, card.render(repo=repo, install=install).encode()),
            File(_PAGE, _with_invitation(page, repo).encode()),
            *given.files,
        ),
        message=f"Leaderboard of {len(shown)} {'run' if len(shown) == 1 else 'runs'}",
        description=f"Written by arnews-bench {__version__}.",
    )


def _with_invitation(page: str, repo: str) -> str:
    """The page with a section on how to submit a run; its policy stays as it is."""
    from huggingface_hub import constants  # noqa: PLC0415 (heavy)

    end = "  </main>\n"
    if page.count(end) != 1:
        raise ValueError("the page has no one place to put a section")
    space = escape(f"{constants.ENDPOINT}/spaces/{repo}")
    section = f"""    <section aria-labelledby="submit">
      <h2 id="submit">Submit a run</h2>
      <p>A submission is a pull request that adds the <code>run.json</code> and the
      <code>predictions.jsonl</code> of each run. It is scored again before it is merged.
      <a href="{space}/blob/main/README.md" target="_blank" rel="noopener">How to submit</a>,
      <a href="{space}/tree/main/runs" target="_blank" rel="noopener">all runs</a>.</p>
    </section>
"""
    return page.replace(end, section + end)


def _runs_of_space(
    given: _Given, there: Snapshot | None
) -> tuple[dict[str, Run], tuple[LeftOut, ...]]:
    """The runs that lie in a Space beside the given ones: those that reproduce, and the rest."""
    if there is None:
        return {}, ()
    repo = given.repo
    paths = [
        path
        for path in sorted(there.files)
        if _RUN_FILE.fullmatch(path) and str(PurePosixPath(path).parent) not in given.runs
    ]
    if not paths:
        return {}, ()
    kept: dict[str, Run] = {}
    left_out: list[LeftOut] = []
    with tempfile.TemporaryDirectory(prefix="arnews-leaderboard-") as name:
        folder = Path(name)
        for number, path in enumerate(paths):
            given.tell(f"fetching the runs of {repo}", number, len(paths))
            # One byte more than is allowed, and the run is refused for its size.
            most = LARGEST + 1
            content = fetch(
                "space", repo, path,
                revision=there.revision, at_most=most, patience=given.patience,
            )  # fmt: skip
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        given.tell(f"scoring the runs of {repo} again", 0, len(paths))
        for item in verify_submissions(folder, given.data).runs:
            place = Path(item.place).relative_to(folder).as_posix()
            if item.reproduces and item.run is not None:
                kept[place] = item.run
            else:
                left_out.append(LeftOut(place=place, problems=item.problems))
    return kept, tuple(left_out)


def _require_replaceable(repo: str, there: Snapshot) -> None:
    """Refuse to write over what is no leaderboard."""
    strange = sorted(there.files.keys() - _OF_A_NEW_ONE)
    if strange and not any(path.startswith(f"{RUNS}/") for path in strange):
        raise InputError(
            f"{repo}: the name is taken by a Space that holds something else "
            f"({', '.join(strange[:5])}); take another name"
        )


def _silent(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
