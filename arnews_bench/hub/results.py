"""Results of a model on the Hub: in its leaderboards' form, and in its card for older tools."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from arnews_bench.croissant.inputs import CARD
from arnews_bench.errors import InputError
from arnews_bench.every_eval_ever import encode_log, evaluation_log
from arnews_bench.files import replace_file
from arnews_bench.hub.calls import Patience, status_of
from arnews_bench.hub.cards import published_revision, read_card
from arnews_bench.hub.model_index import merge_results
from arnews_bench.hub.publishable import publishable_runs
from arnews_bench.hub.result_entries import (
    BENCHMARK,
    Leaderboard,
    Subject,
    card_results,
    leaderboards,
    result_file,
    summary,
)
from arnews_bench.hub.sending import Connection, Sent, Snapshot
from arnews_bench.hub.uploads import File, Plan, Upload, require_repo_id, require_sendable
from arnews_bench.paths import data_dir
from arnews_bench.results import Run
from arnews_bench.schema import Record

__all__ = ["PublishedResults", "publish_results"]

_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_FORBIDDEN = 403
_WEB = ("https://", "http://")


class PublishedResults(Record, frozen=True, kw_only=True):
    """What was published of some runs, or would be.

    Attributes:
        plan: The files and the commit's message; None if only a file was asked for.
        notes: What is not as one might expect, a sentence each.
        sent: Where they lie; None for a dry run.
        every_eval_ever: The file of that name that was written; None if none was.
    """

    plan: Plan | None
    notes: tuple[str, ...]
    sent: Sent | None = None
    every_eval_ever: str | None = None


def publish_results(  # noqa: PLR0913 (the flags of the command)
    runs: Sequence[str | Path],
    repo: str | None,
    dataset: str,
    *,
    dataset_revision: str | None = None,
    source_url: str | None = None,
    source_name: str | None = None,
    create_pr: bool | None = None,
    every_eval_ever: Path | None = None,
    data: Path | None = None,
    dry_run: bool = False,
    patience: Patience | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> PublishedResults:
    """Put the results of a model into its repository, as a commit or a pull request.

    Every run is scored again from its predictions first. What is there already is not sent again,
    and a pull request that is still open is changed in place of opening another.

    Args:
        runs: The folders of the runs, or folders of such; of each task one under each protocol.
        repo: The model on the Hub, `ORG/NAME`; None only writes `every_eval_ever`.
        dataset: The published dataset, `ORG/NAME`.
        dataset_revision: Its commit; None for the one that is tagged with the dataset's version.
        source_url: Where more about the results can be found.
        source_name: What that place is called.
        create_pr: Open a pull request; None does where the model is not the user's own.
        every_eval_ever: A file to write the runs to, in the schema of that project.
        data: A folder to take in place of the bundled dataset.
        dry_run: Only say what would be sent; the Hub is not asked, and nothing is written.
        patience: How long each call of the Hub goes on trying.
        progress: Told what is being done, the steps done, and their number.

    Raises:
        InputError: A run must not be published, the model's card cannot be read, there is no such
            model or dataset, there is no token, or the Hub refuses.
        WorkError: The Hub cannot be reached; the same call goes on.
    """
    tell = progress or _silent
    if repo is None and every_eval_ever is None:
        raise InputError("--repo: which model's results are these? it is given as ORG/NAME")
    subject = Subject(dataset, dataset_revision, source_url, source_name)
    _require_call(repo, subject)
    tell("scoring the runs again", 0, 3)
    found = publishable_runs(runs, data)
    if repo is None or dry_run:
        return _offline(found, repo, subject, every_eval_ever, data, dry_run=dry_run)
    connection = Connection(patience)
    tell(f"looking at {repo} and {dataset}", 1, 3)
    main = _require_there(connection, repo)
    if dataset_revision is None:
        revision = published_revision(connection, dataset, found[0].dataset, patience)
        subject = subject._replace(revision=revision)
    card = read_card("model", repo, main, patience)
    is_own = connection.owns(repo)
    upload, notes = _upload(found, repo, subject, data, card=card)
    # The card is sent back whole: what its author changes in the meantime must stay.
    upload = upload._replace(base=main.revision)
    if every_eval_ever is not None:
        log = evaluation_log(
            found,
            model=repo,
            dataset=dataset,
            dataset_revision=subject.revision,
            evaluator=str(connection.user["name"]),
            relationship="first_party" if is_own else "third_party",
        )
        replace_file(every_eval_ever, encode_log(log))
    tell(f"sending {len(upload.files)} files to {repo}", 2, 3)
    as_pull = not is_own if create_pr is None else create_pr
    sent = connection.propose(upload) if as_pull else _commit(connection, upload)
    return PublishedResults(
        plan=upload.plan(),
        notes=tuple(notes),
        sent=sent,
        every_eval_ever=None if every_eval_ever is None else str(every_eval_ever),
    )


def _offline(
    runs: Sequence[Run],
    repo: str | None,
    subject: Subject,
    every_eval_ever: Path | None,
    data: Path | None,
    *,
    dry_run: bool,
) -> PublishedResults:
    """What can be done without the Hub: say what would be sent, or write a file alone."""
    plan: Plan | None = None
    written: str | None = None
    notes: list[str] = []
    if repo is not None:
        upload, notes = _upload(runs, repo, subject, data, card="")
        require_sendable(upload.files)
        plan = upload.plan()
        notes.append(f"{CARD}: as for a model without a card; whatever is in its card stays")
    if subject.revision is None:
        notes.append(f"the revision of {subject.dataset} is left out; the Hub was not asked for it")
    if every_eval_ever is not None:
        content = encode_log(
            evaluation_log(
                runs,
                model=repo or _model_of(runs),
                dataset=subject.dataset,
                dataset_revision=subject.revision,
            )
        )
        if dry_run:
            notes.append(f"{every_eval_ever}: {len(content):,} bytes would be written")
        else:
            replace_file(every_eval_ever, content)
            written = str(every_eval_ever)
    return PublishedResults(plan=plan, notes=tuple(notes), every_eval_ever=written)


def _model_of(runs: Sequence[Run]) -> str:
    """The name of the model that runs are of, where their spec has one."""
    specs = {run.model.spec for run in runs}
    scheme, colon, rest = specs.pop().partition(":")
    name = rest.partition("@")[0] if colon else f"arnews-bench/{scheme}"
    if specs:
        raise InputError("--every-eval-ever: the runs are of several models; name one by --repo")
    if (colon and scheme != "hf") or not _NAME.fullmatch(name):
        raise InputError(
            f"--every-eval-ever: {scheme}{colon}{rest} is no ORG/NAME of the Hub; give it by --repo"
        )
    return name


def _silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody wants to be told of."""


def _require_call(repo: str | None, subject: Subject) -> None:
    """Refuse a call that is wrong in itself before anything is read."""
    if repo is not None:
        require_repo_id(repo)
    try:
        require_repo_id(subject.dataset)
    except InputError as error:
        raise InputError(str(error).replace("--repo", "--dataset", 1)) from None
    if subject.revision is not None and not _COMMIT.fullmatch(subject.revision):
        raise InputError(
            f"--dataset-revision {subject.revision}: is no hash of a commit, of 40 digits; without "
            "the option the one that is tagged with the dataset's version is looked up"
        )
    if subject.source_name is not None and subject.source_url is None:
        raise InputError("--source-name: is the name of a page; give its address by --source-url")
    if subject.source_url is not None and not subject.source_url.startswith(_WEB):
        raise InputError(f"--source-url {subject.source_url}: is no address, as https://…")


def _listed(runs: Sequence[Run], known: Mapping[str, Leaderboard]) -> list[tuple[Run, Leaderboard]]:
    """The runs that are of the rows of a leaderboard, each with that."""
    return [
        (run, known[run.task])
        for run in runs
        if run.task in known and run.split == known[run.task].split
    ]


def _notes(runs: Sequence[Run], listed: Sequence[tuple[Run, Leaderboard]]) -> list[str]:
    """Which runs no leaderboard is for."""
    entered = {_label(run) for run, _ in listed}
    others = [label for run in runs if (label := _label(run)) not in entered]
    if not others:
        return []
    where = "a leaderboard takes results on a task and split that the dataset's eval.yaml names"
    return [f"{', '.join(others)}: in the card alone; {where}"]


def _label(run: Run) -> str:
    return run.task if run.protocol == "split" else f"{run.task} ({run.protocol})"


def _upload(
    runs: Sequence[Run], repo: str, subject: Subject, data: Path | None, *, card: str
) -> tuple[Upload, list[str]]:
    """The files of one commit, and what to say of them.

    The title is the same however the results change, and that of other results is another one.
    """
    listed = _listed(runs, leaderboards(data or data_dir()))
    results = card_results(runs, subject)
    merged = merge_results(card, repo.partition("/")[2], results, origin=f"{repo}: {CARD}")
    at = f" at {subject.revision}" if subject.revision else ""
    upload = Upload(
        kind="model",
        repo_id=repo,
        files=(File(CARD, merged.encode()), *(result_file(*item, subject) for item in listed)),
        message=f"Add {BENCHMARK} results on {subject.dataset}: {', '.join(map(_label, runs))}",
        description="\n".join([*summary(runs), f"Dataset: {subject.dataset}{at}"]),
    )
    return upload, _notes(runs, listed)


def _require_there(connection: Connection, repo: str) -> Snapshot:
    main = connection.look("model", repo)
    if main is None:
        raise InputError(
            f"--repo {repo}: there is no such model on the Hub, or the token may not see it; "
            "results are put into the repository of a model that is there"
        )
    return main


def _commit(connection: Connection, upload: Upload) -> Sent:
    try:
        return connection.commit(upload)
    except InputError as error:
        cause = error.__cause__
        if isinstance(cause, Exception) and status_of(cause) == _FORBIDDEN:
            raise InputError(f"{error}; --create-pr proposes the results instead") from cause
        raise
