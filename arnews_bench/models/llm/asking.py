"""Asking a language model through inspect-ai, row by row, and keeping what it says."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from arnews_bench.answer_log import AnswerLog
from arnews_bench.errors import InputError, WorkError
from arnews_bench.models.llm.budget import Budget, Reservations, estimated_tokens
from arnews_bench.models.llm.failures import (
    NOT_FOUND,
    REFUSED_KEY,
    http_status,
    is_of_the_row,
    last_failure,
    nobody_listens,
    plain_message,
    refuses_schema,
)
from arnews_bench.models.llm.keys import without_keys
from arnews_bench.models.llm.outputs import read_output, refused_answer
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

# So many rows fail one after the other, and none succeeds: the next ones would fail too.
_HOPELESS = 3


class Interview:
    """The rows of a task, put to a model once."""

    def __init__(  # noqa: PLR0913 (who is asked, what about, and on which terms)
        self,
        model: "Model",
        task: "Task",
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
            log: Where answers are kept.
            config: What the model is told with each request.
            budget: What they may cost.
            schema: The form of an answer.
            refused_is_empty: Take a row that the server refuses for one without an answer.
        """
        self._name, self._model, self._task, self._log = f"llm:{model}", model, task, log
        self._config, self._budget, self._schema = config, budget, schema
        self._refused_is_empty = refused_is_empty
        self._rows: Mapping[str, Row] = {}
        self._stop: Exception | None = None
        self._failures: list[str] = []
        self._total = self._failed_in_turn = 0
        self._reached = False

    def ask(self, rows: Sequence["Row"], samples: Sequence["Sample"], *, total: int) -> None:
        """Ask for rows that have no answer yet; each answer is in the log as soon as it came.

        Args:
            rows: The rows.
            samples: Their questions, in the same order.
            total: How many rows there are, with those that are in the log already.

        Raises:
            InputError: The provider refuses the key, or does not know the model.
            WorkError: Rows are without an answer: the money is spent, or the server failed.
        """
        self._rows, self._total = {row.id: row for row in rows}, total
        with self._not_waiting_for_nobody():
            found = self._evaluate(samples)
        if self._stop is not None:
            raise self._stop
        left = self._open()
        if left:
            reason = self._failures[0] if self._failures else self._failure_of(found)
            raise WorkError(
                f"{self._name}: {left} of {total} rows of {self._task.name!r} got no answer: "
                f"{reason}; {self._goes_on()}"
            )

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
            return (self._reached or not nobody_listens(ex)) and decide(ex)

        api.should_retry = should_retry  # type: ignore[method-assign]
        try:
            yield
        finally:
            api.should_retry = decide  # type: ignore[method-assign]

    def _failure_of(self, found: "EvalLog") -> str:
        """Why inspect-ai asked for nothing, where that is not for a failure of the provider."""
        errors = [found.error, *(sample.error for sample in found.samples or ())]
        said = next((error.message for error in errors if error is not None), "it does not say why")
        return f"inspect-ai failed: {self._scrubbed(said)}"

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
        if self._stop is not None:
            return
        row, texts = self._rows[str(state.sample_id)], [item.text for item in state.messages]
        async with reservations.reserved(texts) as fits:
            if not fits:
                self._stop = self._stop or self._spent()
            if self._stop is not None:
                return
            try:
                state.output, structured = await self._generate(state.messages)
            except Exception as error:
                if self._refused_is_empty and is_of_the_row(last_failure(error)):
                    self._keep_refusal(row.id, error)
                    return
                self._note_failure(error)
                raise
            self._failed_in_turn, self._reached = 0, True
            try:
                self._keep(row, state.output, texts, structured=structured)
            except Exception as error:
                # What cannot be kept, as on a full disk, is not to be asked for.
                self._stop = self._stop or error
                raise

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
        self._log.add(answer)
        if not answer.repeated:
            # Estimated, where the server does not say what it took.
            self._budget.add(
                answer.cost,
                answer.input_tokens or estimated_tokens(*texts),
                answer.output_tokens or estimated_tokens(answer.completion),
            )

    def _keep_refusal(self, row_id: str, error: Exception) -> None:
        said = self._scrubbed(plain_message(last_failure(error)))
        self._log.add(refused_answer(row_id, name=self._name, said=said))

    def _note_failure(self, raised: Exception) -> None:
        """Remember why a row got no answer, and stop where no other row would get one."""
        error = last_failure(raised)
        message = self._scrubbed(plain_message(error))
        if "connection" in type(error).__name__.casefold() and self._model.api.base_url:
            message += f" (is there a server at {self._model.api.base_url}?)"
        if is_of_the_row(error):
            message += "; --option refused=empty takes such a row for one without an answer"
        self._failures.append(message)
        self._failed_in_turn += 1
        status = http_status(error)
        refused = isinstance(error, Exception) and self._model.api.is_auth_failure(error)
        if refused or status in REFUSED_KEY:
            names = " or ".join(self._model.api.api_key_vars) or "the provider's variable"
            self._stop = InputError(
                f"{self._name}: the provider refuses the key, which is read from the environment "
                f"({names}): {message}"
            )
        elif status == NOT_FOUND:
            self._stop = InputError(
                f"{self._name}: the provider knows no such model, or serves nothing at this "
                f"address: {message}"
            )
        elif nobody_listens(error) and not self._reached:
            self._stop = WorkError(
                f"{self._name}: {message}, with {self._answered()}; {self._goes_on()}"
            )
        elif self._failed_in_turn >= _HOPELESS and self._stop is None:
            self._stop = WorkError(
                f"{self._name}: stopped after {self._failed_in_turn} failures in a row, with "
                f"{self._answered()}: {message}; {self._goes_on()}"
            )

    def _spent(self) -> WorkError:
        return WorkError(
            f"--max-cost: {self._budget.spent:.4f} of {self._budget.limit:g} US dollars are spent, "
            f"and the next answer of {self._name} may cost more than what is left, with "
            f"{self._answered()}; the same call with a higher --max-cost goes on"
        )

    def _open(self) -> int:
        return sum(row_id not in self._log for row_id in self._rows)

    def _answered(self) -> str:
        answered = self._total - self._open()
        return f"{answered} of {self._total} rows of {self._task.name!r} answered"

    def _goes_on(self) -> str:
        kept = "asks for these only" if self._log.path is not None else "begins anew (no --out)"
        return f"the same call {kept}"

    def _scrubbed(self, message: str) -> str:
        """A message without the key, should a server send it back."""
        return without_keys(self._model.api, message)
