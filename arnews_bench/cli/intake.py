"""`arbench data add`: bring a new page into the corpus."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arnews_bench.cli.options import DataOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arnews_bench.intake import Added, Known, Plan, PlannedDocument, RawPage

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command `add` to the commands of `arbench data`."""
    app.command("add")(add)


def add(
    page: Annotated[Path, typer.Argument(help="A scraped news page, a UTF-8 text file.")],
    plan: Annotated[
        Path | None, typer.Option(help="Add the page as this plan says.", show_default=False)
    ] = None,
    plan_out: Annotated[
        Path | None,
        typer.Option(help="Write the proposed plan here, and add nothing.", show_default=False),
    ] = None,
    data: DataOption = None,
) -> None:
    """Bring a new page into the corpus: propose its documents, then add them as the plan says.

    On a terminal and without a plan it asks, document by document; elsewhere it prints the plan.
    Where a document begins and ends is corrected in a plan.

    [dim]Example: arbench data add page.txt --plan-out plan.yaml[/dim]
    [dim]Then: arbench data add page.txt --plan plan.yaml[/dim]
    """
    from arnews_bench import intake
    from arnews_bench.errors import InputError
    from arnews_bench.files import read_bytes, replace_file
    from arnews_bench.paths import data_dir

    if plan and plan_out:
        raise InputError("--plan adds a page, --plan-out writes a plan: give one of them")
    folder = data or data_dir()
    raw = intake.read_page(page)
    if plan:
        wanted = intake.parse_plan(read_bytes(plan), str(plan))
        _print_added(intake.add_page(folder, raw, wanted, str(plan)), data)
        return
    proposed = intake.plan_page(folder, raw)
    known = intake.known_values(folder)
    if plan_out:
        if _is_there(plan_out):
            raise InputError(f"{plan_out}: is there already; a plan is not overwritten")
        replace_file(plan_out, intake.encode_plan(proposed, known).encode("utf-8"))
        typer.echo(f"{plan_out}: {len(proposed.documents)} documents proposed; correct them, then:")
        typer.echo(f"  arbench data add {_quoted(page)} --plan {_quoted(plan_out)}{_option(data)}")
    elif _on_a_terminal():
        _add_in_dialogue(folder, raw, proposed, known, data)
    else:
        typer.echo(intake.encode_plan(proposed, known), nl=False)


def _on_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _option(data: Path | None) -> str:
    return f" --data {_quoted(data)}" if data else ""


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _is_there(path: Path) -> bool:
    from arnews_bench.errors import InputError

    try:
        return path.exists()
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


def _print_added(added: "Added", data: Path | None) -> None:
    page, names = added.page, [document.doc_id for document in added.documents]
    typer.echo(
        f"added page {page.page} (raw/{page.file}, {page.split}, fold {page.fold}) with "
        f"{len(names)} document(s): {', '.join(names)}"
    )
    if added.new_events:
        typer.echo(f"new event(s): {', '.join(added.new_events)}")
    documents = "".join(f" --doc {name}" for name in names)
    option = _option(data)
    typer.echo(
        "annotate them, in brat or in Label Studio (label-studio):\n"
        f"  arbench data export --format brat --out DIR{documents}{option}\n"
        f"  arbench data import --format brat DIR --partial{option}\n"
        "then:\n"
        f"  arbench data validate{option}\n"
        f"  arbench data build{option}"
    )


# ---------------------------------------------------------------------------- dialogue


def _add_in_dialogue(
    folder: Path, raw: "RawPage", proposed: "Plan", known: "Known", data: Path | None
) -> None:
    import msgspec

    from arnews_bench import intake
    from arnews_bench.errors import ArnewsError
    from arnews_bench.report.intake import print_proposal, print_proposed_document
    from arnews_bench.schema import SPLITS

    if not proposed.documents:
        typer.echo("no document was recognised; write a plan with --plan-out and fill it in")
        return
    print_proposal(raw.text, proposed)
    split = _ask("split", None, SPLITS)
    events = sorted(event for event, where in known.events.items() if where == split)
    typer.echo(f"events of {split}: {', '.join(events)}")
    typer.echo(f"topics: {', '.join(known.topics)}")
    kept: list[PlannedDocument] = []
    for document in proposed.documents:
        print_proposed_document(raw.text, proposed, document)
        if typer.confirm("Is this a document of the corpus?", default=True):
            kept.append(_fill(document, kept, known, str(split)))
    filled = msgspec.structs.replace(proposed, split=split, documents=tuple(kept))
    if not kept or not typer.confirm(f"Add {len(kept)} document(s)?", default=True):
        typer.echo("nothing was added")
        return
    try:
        added = intake.add_page(folder, raw, filled)
    except ArnewsError:
        # The answers are not lost: they come back as a plan to correct.
        typer.echo(intake.encode_plan(filled, known), nl=False)
        raise
    _print_added(added, data)


def _fill(
    document: "PlannedDocument", before: "list[PlannedDocument]", known: "Known", split: str
) -> "PlannedDocument":
    """Ask for what the page does not say; what the document before had is the suggestion."""
    import msgspec

    last = before[-1] if before else document
    taken = {event: where for event, where in known.events.items() if where != split}
    event = _ask("event_id", last.event_id, taken=taken)
    topic = _ask("topic", last.topic)
    outlet = _ask("outlet", last.outlet, optional=True)
    language = _ask("translated_from", None, optional=True)
    day = _ask("date", last.date, optional=True)
    return msgspec.structs.replace(
        document,
        event_id=event,
        topic=topic,
        outlet=outlet,
        translated_from=language,
        date=day,
    )


def _ask(
    field: str,
    default: str | None,
    allowed: tuple[str, ...] = (),
    *,
    optional: bool = False,
    taken: "Mapping[str, str] | None" = None,
) -> str | None:
    """Ask for a field until the answer may stand; `-` is null where the field may be that."""
    from arnews_bench.intake import problem_with

    text = f"{field} (- for none)" if optional else field
    if allowed:
        text += f" ({', '.join(allowed)})"
    while True:
        shown = default if default is not None or not optional else "-"
        answer = str(typer.prompt(text, default=shown)).strip()
        if optional and answer == "-":
            return None
        problem = problem_with(field, answer)
        if allowed and answer not in allowed:
            problem = f"{answer!r} is not one of {', '.join(allowed)}"
        elif taken and answer in taken:
            problem = f"{answer!r} is an event of {taken[answer]}; it lies in one split alone"
        if not problem:
            return answer
        typer.echo(f"  {problem}")
