"""Prompts: what a language model is told, and asked about a row.

A text is data. It is put between marks that it cannot close, and no template language that stands
in it is evaluated.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from arnews_bench.models.llm.options import Language, Tagset
from arnews_bench.models.llm.prompting.examples import gold_answer
from arnews_bench.models.llm.prompting.marking import Marks
from arnews_bench.models.llm.prompting.prompt_file import LABELS, PromptFile, read_prompt_file
from arnews_bench.models.llm.prompting.schemas import answer_labels
from arnews_bench.models.llm.prompting.template import Variables
from arnews_bench.paths import tasks_dir
from arnews_bench.schema import Row, StanceRow, TaskType
from arnews_bench.tasks import Task

__all__ = ["LANGUAGES", "Label", "Message", "PromptTemplate", "fine_types", "read_prompt"]

LANGUAGES: tuple[Language, ...] = get_args(Language)

# What the user part may hold, and what it has to.
_QUESTION: Mapping[TaskType, Variables] = {
    "ner": Variables(("text",), ("text",)),
    "stance": Variables(("claim", "text", "context"), ("claim", "text")),
    "attribution": Variables(("text",), ("text",)),
}
_TRIED = "…"


class Message(NamedTuple):
    """A turn of the conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Label(NamedTuple):
    """A label that an answer may hold, with its definition in one line."""

    name: str
    definition: str


class PromptTemplate:
    """What is said to a model about a type of task.

    Attributes:
        digest: SHA-256 of the file.
        language: The language of the prompt.
    """

    def __init__(self, file: PromptFile, task_type: TaskType) -> None:
        """A prompt from its file.

        Raises:
            InputError: The template does not fit the type of task.
        """
        self.digest = file.digest
        self.language = file.language
        self._file, self._type = file, task_type
        self._check()

    def messages(
        self, task: Task, row: Row, shots: Sequence[Row] = (), *, fine: bool
    ) -> tuple[Message, ...]:
        """What is said before the model answers: the system's part, the shots, the question.

        Args:
            task: The task; only labels that it has are named.
            row: The row; its gold is not looked at.
            shots: Rows that are shown with their gold first.
            fine: Ask for the fine types of entities.

        Raises:
            InputError: The template fails, or a shot has no gold of that kind.
        """
        marks = Marks(text for each in (*shots, row) for text in _texts(each).values())
        labels = answer_labels(task, fine=fine)
        turns = [Message("system", self._file.system.render(self._system(labels, marks)))]
        for shot in shots:
            turns += [
                Message("user", self._question(shot, marks)),
                Message("assistant", gold_answer(shot, fine=fine)),
            ]
        return (*turns, Message("user", self._question(row, marks)))

    def _system(self, allowed: Mapping[str, Sequence[str]], marks: Marks) -> dict[str, object]:
        """The variables of the system part."""
        known = self._file.labels
        groups = {
            kind: [Label(name, known[kind][name].strip()) for name in names]
            for kind, names in allowed.items()
        }
        variables: dict[str, object] = {"mark": marks.names}
        if self._type == "attribution":
            return variables | {f"{kind}s": labels for kind, labels in groups.items()}
        ((kind, labels),) = groups.items()
        variables |= {"labels": labels, "names": [label.name for label in labels]}
        return variables | {"fine": kind == "fine"} if self._type == "ner" else variables

    def _question(self, row: Row, marks: Marks) -> str:
        empty = dict.fromkeys(_QUESTION[self._type].known, "")
        texts = {name: marks.around(name, text) for name, text in _texts(row).items()}
        return self._file.user.render(empty | texts)

    def _check(self) -> None:
        """Fill everything in once, so that nothing can fail when rows are asked."""
        self._file.user.check(_QUESTION[self._type])
        self._file.user.render(dict.fromkeys(_QUESTION[self._type].known, _TRIED))
        kinds = LABELS[self._type]
        # Of entities one of the two kinds is asked for, elsewhere all of them are.
        asked = [{kind: kinds[kind]} for kind in kinds] if self._type == "ner" else [kinds]
        for labels in asked:
            variables = self._system(labels, Marks(()))
            self._file.system.check(Variables(tuple(variables)))
            self._file.system.render(variables)


def fine_types(task: Task, tagset: Tagset) -> bool:
    """Whether a model is asked for the fine, nested types of entities.

    Args:
        task: The task.
        tagset: `fine`, `coarse`, or `auto`: the fine ones where the rows have them.
    """
    return task.has_fine_types if tagset == "auto" else task.type == "ner" and tagset == "fine"


def read_prompt(task: Task, language: Language, file: Path | None = None) -> PromptTemplate:
    """The prompt of a task.

    Args:
        task: The task; tasks of one type have the same prompt.
        language: `ar` or `en`.
        file: A file of your own in place of the one of the type of task, in any language.

    Raises:
        InputError: There is no such file, or it is no prompt for this task.
    """
    if file is not None:
        found = read_prompt_file(file, task.type, None)
    else:
        path = tasks_dir() / task.type / f"prompt.{language}.md"
        found = read_prompt_file(path, task.type, language)
    return PromptTemplate(found, task.type)


def _texts(row: Row) -> dict[str, str]:
    """The texts of a row that a question may hold."""
    if isinstance(row, StanceRow):
        context = {"context": row.context} if row.context else {}
        return {"claim": row.claim, "text": row.text, **context}
    return {"text": row.text}
