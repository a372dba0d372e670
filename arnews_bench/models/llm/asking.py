"""Asking a language model through inspect-ai, row by row, and keeping what it says."""

import tempfile
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from arnews_bench.answer_log import AnswerLog
from arnews_bench.models.llm.budget import Budget, Reservations
from arnews_bench.models.llm.course import Course
from arnews_bench.models.llm.failures import nobody_listens, refuses_schema, require_answer
from arnews_bench.models.llm.outputs import read_output
from arnews_bench.models.llm.waiting import First, Interruptible, outside_of_loops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspect_ai.dataset import Sample
    from inspect_ai.log import EvalLog
    from inspect_ai.model import (
        ChatMessage,
        GenerateConfig,
        Model,
        ModelOutput,
        ResponseSchema,
        RetryDecision,
    )
    from inspect_ai.solver import Solver, TaskState

    from arnews_bench.schema import Row
    from arnews_bench.tasks import Task

__all__ = ["Interview"]


class Interview:
    """The rows of a task, put to a model once."""

    def __init__(  # noqa: PLR0913 (who is asked, what about, and on which terms)
        self,
        model: "Model",
        task: "Task",
        rows: Sequence["Row"],
        log: AnswerLog,
        *,
        config: "GenerateConfig",
        budget: Budget,
        schema: "ResponseSchema | None",
        refused_is_empty: bool,
    ) -> None:
        """Only remembers.

        Args:
            model: The model of inspect-ai.
            task: The task.
            rows: Its rows, those with an answer too.
            log: Where answers are kept.
            config: What the model is told with each request.
            budget: What they may cost.
            schema: The form of an answer.
            refused_is_empty: Take a row that the server refuses for one without an answer.
        """
        self._name, self._model, self._task, self._log = f"llm:{model}", model, task, log
        self._config, self._budget, self._schema = config, budget, schema
        self._rows = {row.id: row for row in rows}
        self._course = Course(
            self._name, model.api, task.name, self._rows, log, refused_is_empty=refused_is_empty
        )

    def ask(self, samples: Sequence["Sample"]) -> None:
        """Ask for rows that have no answer yet; each answer is in the log as soon as it came.

        Args:
            samples: Their questions.

        Raises:
            InputError: The provider refuses the key, or does not know the model.
            WorkError: Rows are without an answer: the money is spent, or the server failed.
        """
        with self._not_waiting_for_nobody():
            found = self._evaluate(samples)
        self._course.end(found)

    def _evaluate(self, samples: Sequence["Sample"]) -> "EvalLog":
        """One evaluation of inspect-ai; its log lies beside the answers."""
        import inspect_ai
        from inspect_ai.dataset import MemoryDataset

        rows = Interruptible()
        with tempfile.TemporaryDirectory() as nowhere:
            folder = self._log.folder or Path(nowhere)
            question = inspect_ai.Task(
                dataset=MemoryDataset(list(samples), name=self._task.name),
                solver=self._solver(rows, self._budget.begin()),
                config=self._config,
                name=self._task.name,
            )

            def run() -> "list[EvalLog]":
                return inspect_ai.eval(
                    question,
                    model=self._model,
                    log_dir=str(folder),
                    display="none",
                    log_level="error",
                    # Nothing but the answers is needed while it runs, and nobody controls it.
                    log_realtime=False,
                    ctl_server=False,
                    score=False,
                    fail_on_error=False,
                )

            logs = outside_of_loops(run, rows.interrupt)
        if not logs or logs[0].status == "cancelled":
            # inspect-ai has handled Ctrl-C, and whoever called us has to see it too.
            raise KeyboardInterrupt
        return logs[0]

    @contextmanager
    def _not_waiting_for_nobody(self) -> "Iterator[None]":
        """A server that goes away may come back; one that never was there is not asked again."""
        api = self._model.api
        decide = api.should_retry

        def should_retry(ex: Exception) -> "bool | RetryDecision":
            return (self._course.reached or not nobody_listens(ex)) and decide(ex)

        api.should_retry = should_retry  # type: ignore[method-assign]
        try:
            yield
        finally:
            api.should_retry = decide  # type: ignore[method-assign]

    def _solver(self, rows: Interruptible, reservations: Reservations) -> "Solver":
        from inspect_ai.solver import Generate, solver

        first = First()

        @solver(name="arnews_bench/ask")
        def ask() -> "Solver":
            async def solve(state: "TaskState", generate: Generate) -> "TaskState":  # noqa: ARG001
                with rows.part():
                    async with first.alone():
                        await self._ask_one(state, reservations)
                return state

            return solve

        return ask()

    async def _ask_one(self, state: "TaskState", reservations: Reservations) -> None:
        if self._course.over:
            return
        row, texts = self._rows[str(state.sample_id)], [item.text for item in state.messages]
        async with reservations.reserved(texts) as fits:
            if not fits:
                self._course.spent(self._budget)
            if self._course.over:
                return
            try:
                state.output, structured = await self._generate(state.messages)
                require_answer(state.output)
            except Exception as error:
                if self._course.failed(row.id, error):
                    raise
                return
            with self._course.answered():
                self._keep(row, state.output, texts, structured=structured)

    async def _generate(self, messages: "list[ChatMessage]") -> "tuple[ModelOutput, bool]":
        """The answer, and whether it was asked for with a schema."""
        from inspect_ai.model import GenerateConfig

        if self._schema is not None:
            config = GenerateConfig(response_schema=self._schema)
            try:
                return await self._model.generate(messages, config=config), True
            except Exception as error:
                if not refuses_schema(error):
                    raise
                # The server will not take it for other rows either.
                self._schema = None
        return await self._model.generate(messages), False

    def _keep(
        self, row: "Row", output: "ModelOutput", texts: list[str], *, structured: bool
    ) -> None:
        answer = read_output(
            self._task,
            row,
            output,
            name=self._name,
            price=self._budget.price,
            structured=structured,
        )
        answer = self._budget.estimated(answer, texts)
        self._log.add(answer)
        self._budget.add(answer)
