"""A language model as an evaluated system: what it is asked, and what becomes of its answers."""

from collections.abc import Sequence
from pathlib import Path

from arnews_bench.answer_log import AnswerLog
from arnews_bench.models.llm.asking import Interview
from arnews_bench.models.llm.budget import Budget
from arnews_bench.models.llm.connecting import connect, generate_config
from arnews_bench.models.llm.options import Options
from arnews_bench.models.llm.prompting.examples import choose_shots
from arnews_bench.models.llm.prompting.prompts import PromptTemplate, fine_types, read_prompt
from arnews_bench.models.llm.prompting.questions import make_sample, response_schema
from arnews_bench.models.llm.reading.parsing import parse_answer
from arnews_bench.models.llm.reading.placing import place_answer
from arnews_bench.schema import Prediction, Row
from arnews_bench.tasks import Task

__all__ = ["FewShotModel", "LanguageModel", "prompt_of"]


def prompt_of(task: Task, options: Options) -> PromptTemplate:
    """The prompt that a task is asked with.

    Raises:
        InputError: It cannot be read, or is not for this type of task.
    """
    file = None if options.prompt is None else Path(options.prompt)
    return read_prompt(task, options.prompt_language, file)


class LanguageModel:
    """Asks for each row, and reads the answer; learns nothing."""

    def __init__(self, name: str, task: Task, options: Options, budget: Budget) -> None:
        """A model of inspect-ai by its name; nothing is imported or asked yet.

        Raises:
            InputError: The prompt cannot be used.
        """
        self._name, self._options, self._budget = name, options, budget
        self._template = prompt_of(task, options)
        self._fine = fine_types(task, options.tagset)
        self._log, self._seed = AnswerLog(), 0

    def use_log(self, log: AnswerLog, *, seed: int) -> None:
        """See `models.Logged`."""
        self._log, self._seed = log, seed

    def predict(self, task: Task, rows: Sequence[Row]) -> list[Prediction]:
        """Ask what the log does not hold, and read all answers.

        Raises:
            InputError: The provider refuses, or an extra is missing.
            WorkError: Rows got no answer.
        """
        if any(row.id not in self._log for row in rows):
            self._ask(task, rows)
        return [
            place_answer(row, parse_answer(task, self._log[row.id].completion).answer).prediction
            for row in rows
        ]

    def shots_for(self, row: Row) -> Sequence[Row]:  # noqa: ARG002
        """The training rows that are shown before a question; none here."""
        return ()

    def _ask(self, task: Task, rows: Sequence[Row]) -> None:
        options = self._options
        interview = Interview(
            connect(self._name, options),
            task,
            rows,
            self._log,
            config=generate_config(self._name, options, self._seed),
            budget=self._budget,
            schema=response_schema(task, fine=self._fine) if options.structured == "auto" else None,
            refused_is_empty=options.refused == "empty",
        )
        samples = [
            make_sample(task, row, self._template, self.shots_for(row), fine=self._fine)
            for row in rows
            if row.id not in self._log
        ]
        interview.ask(samples)


class FewShotModel(LanguageModel):
    """Shows training rows with their gold before it asks."""

    _train: Sequence[Row] = ()

    def fit(
        self, task: Task, train: Sequence[Row], validation: Sequence[Row], *, seed: int
    ) -> None:
        """Remember the rows to choose from; the seed decides which."""
        del task, validation
        self._train, self._seed = train, seed

    def shots_for(self, row: Row) -> Sequence[Row]:
        """Training rows of other pages than that of the row.

        Raises:
            InputError: There are not enough.
        """
        return choose_shots(self._train, row, self._options.shots, seed=self._seed)
