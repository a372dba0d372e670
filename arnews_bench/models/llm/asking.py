"""Asking a language model through inspect-ai, row by row, and keeping what it says."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from arnews_bench.answer_log import REFUSED, Answer, AnswerLog
from arnews_bench.errors import InputError, WorkError
from arnews_bench.models.llm.budget import Budget
from arnews_bench.models.llm.failures import (
    NOT_FOUND,
    REFUSED_KEY,
    http_status,
    is_of_the_row,
    last_failure,
    plain_message,
    refuses_schema,
)
from arnews_bench.models.llm.keys import without_keys
from arnews_bench.models.llm.parsing import parse_answer
from arnews_bench.models.llm.placing import place_answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from inspect_ai.dataset import Sample
    from inspect_ai.log import EvalLog
    from inspect_ai.model import ChatMessage, Model, ModelOutput, ResponseSchema
    from inspect_ai.solver import Solver, TaskState

    from arnews_bench.schema import Row
    from arnews_bench.tasks import Task

__all__ = ["Interview"]

_T = TypeVar("_T")
# So many rows fail one after the other, and none succeeds: the next ones would fail too.
_HOPELESS = 3


class Interview:
    """The rows of a task, put to a model."""

    def __init__(
        self,
        model: "Model",
        task: "Task",
        log: AnswerLog,
        *,
        budget: Budget,
        schema: "ResponseSchema | None",
        refused_is_empty: bool,
    ) -> None:
        """Only remembers.

        Args:
            model: The model of inspect-ai.
            task: The task.
            log: Where answers are kept.
            budget: What they may cost.
            schema: The form of an answer.
            refused_is_empty: Take a row that the server refuses for one without an answer.
        """
        self._name, self._model, self._task, self._log = f"llm:{model}", model, task, log
        self._budget, self._schema = budget, schema
        self._refused_is_empty = refused_is_empty
        self._rows: Mapping[str, Row] = {}
        self._stop: Exception | None = None
        self._failures: list[str] = []
        self._failed_in_turn = 0

    def ask(self, rows: Sequence["Row"], samples: Sequence["Sample"]) -> None:
        """Ask what the log does not hold; each answer is in it as soon as it came.

        Args:
            rows: The rows.
            samples: Their questions, in the same order.

        Raises:
            InputError: The provider refuses the key, or does not know the model.
            WorkError: Rows are without an answer: the money is spent, or the server failed.
        """
        self._rows = {row.id: row for row in rows}
        open_samples = [sample for sample in samples if str(sample.id) not in self._log]
        if not open_samples:
            return
        self._stop, self._failures, self._failed_in_turn = None, [], 0
        found = self._evaluate(open_samples)
        if self._stop is not None:
            raise self._stop
        left = sum(str(sample.id) not in self._log for sample in open_samples)
        if left:
            reason = self._failures[0] if self._failures else self._failure_of(found)
            raise WorkError(
                f"{self._name}: {left} of {len(rows)} rows of {self._task.name!r} got no answer: "
                f"{reason}; {self._goes_on()}"
            )

    def _evaluate(self, samples: Sequence["Sample"]) -> "EvalLog":
        """One evaluation of inspect-ai; its log lies beside the answers."""
        import inspect_ai
        from inspect_ai.dataset import MemoryDataset

        with tempfile.TemporaryDirectory() as nowhere:
            folder = self._log.folder or Path(nowhere)
            question = inspect_ai.Task(
                dataset=MemoryDataset(list(samples), name=self._task.name),
                solver=self._solver(),
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

            self._budget.begin()
            logs = _outside_of_loops(run)
        if not logs or logs[0].status == "cancelled":
            # inspect-ai has handled Ctrl-C, and whoever called us has to see it too.
            raise KeyboardInterrupt
        return logs[0]

    def _failure_of(self, found: "EvalLog") -> str:
        """Why inspect-ai asked for nothing, where that is not for a failure of the provider."""
        errors = [found.error, *(sample.error for sample in found.samples or ())]
        said = next((error.message for error in errors if error is not None), "it does not say why")
        return f"inspect-ai failed: {self._scrubbed(said)}"

    def _solver(self) -> "Solver":
        from inspect_ai.solver import Generate, solver

        first = _First()

        @solver(name="arnews_bench/ask")
        def ask() -> "Solver":
            async def solve(state: "TaskState", generate: Generate) -> "TaskState":  # noqa: ARG001
                async with first.alone():
                    await self._ask_one(state)
                return state

            return solve

        return ask()

    async def _ask_one(self, state: "TaskState") -> None:
        if self._stop is not None:
            return
        async with self._budget.reserved(message.text for message in state.messages) as fits:
            if not fits:
                self._stop = self._stop or self._spent()
            if self._stop is not None:
                return
            try:
                state.output, structured = await self._generate(state.messages)
            except Exception as error:
                if self._refused_is_empty and is_of_the_row(last_failure(error)):
                    self._keep_refusal(str(state.sample_id), error)
                    return
                self._note_failure(error)
                raise
            self._failed_in_turn = 0
            try:
                self._keep(str(state.sample_id), state.output, structured=structured)
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

    def _keep(self, row_id: str, output: "ModelOutput", *, structured: bool) -> None:
        completion = _whole_letters(output.completion)
        parsed = parse_answer(self._task, completion)
        placed = place_answer(self._rows[row_id], parsed.answer)
        tokens = _tokens(output)
        said = None if output.usage is None else output.usage.total_cost
        price = self._budget.price
        cost = said if said is not None or price is None else price.of(**tokens)
        repeated = _from_cache()
        self._log.add(
            Answer(
                id=row_id,
                completion=completion,
                model=output.model or self._name,
                stop_reason=output.stop_reason,
                **tokens,
                reasoning_tokens=_reasoning(output),
                cost=cost,
                seconds=0.0 if repeated else output.time or 0.0,
                structured=structured,
                repeated=repeated,
                problem=parsed.problem,
                left_out=parsed.left_out,
                placed=placed.how,
            )
        )
        if not repeated:
            self._budget.add(cost)

    def _keep_refusal(self, row_id: str, error: Exception) -> None:
        """A row that the server does not take, as an answer that says nothing."""
        said = self._scrubbed(plain_message(last_failure(error)))
        self._log.add(
            Answer(
                id=row_id,
                completion="",
                model=self._name,
                stop_reason=REFUSED,
                input_tokens=0,
                output_tokens=0,
                cost=0.0,
                seconds=0.0,
                problem=f"the server refused the request: {said}",
            )
        )

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

    def _answered(self) -> str:
        done = sum(row_id in self._log for row_id in self._rows)
        return f"{done} of {len(self._rows)} rows of {self._task.name!r} answered"

    def _goes_on(self) -> str:
        kept = "asks for these only" if self._log.path is not None else "begins anew (no --out)"
        return f"the same call {kept}"

    def _scrubbed(self, message: str) -> str:
        """A message without the key, should a server send it back."""
        return without_keys(self._model.api, message)


class _First:
    """Lets one row go first, alone: a key or a model that is refused is refused once."""

    def __init__(self) -> None:
        import anyio

        self._lock, self._over = anyio.Lock(), False

    @asynccontextmanager
    async def alone(self) -> "AsyncIterator[None]":
        """Wait until the first is over, or be the first."""
        async with self._lock:
            if not self._over:
                try:
                    yield
                finally:
                    self._over = True
                return
        yield


def _outside_of_loops(run: Callable[[], _T]) -> _T:
    """Call what starts an event loop; in a notebook one is running already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def _whole_letters(text: str) -> str:
    """A text with `�` for half a letter, as at a limit of tokens; no file can hold one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _tokens(output: "ModelOutput") -> dict[str, int]:
    """Of the prompt, those that were cached included, and of the answer."""
    usage = output.usage
    if usage is None:
        return {"input_tokens": 0, "output_tokens": 0}
    cached = (usage.input_tokens_cache_read or 0) + (usage.input_tokens_cache_write or 0)
    return {"input_tokens": usage.input_tokens + cached, "output_tokens": usage.output_tokens}


def _reasoning(output: "ModelOutput") -> int:
    return (output.usage.reasoning_tokens if output.usage is not None else None) or 0


def _from_cache() -> bool:
    """Whether the last answer of this sample came from the cache of inspect-ai."""
    from inspect_ai.event import ModelEvent
    from inspect_ai.log import transcript

    calls = [event for event in transcript().events if isinstance(event, ModelEvent)]
    return bool(calls) and calls[-1].cache == "read"
