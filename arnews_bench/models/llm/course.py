"""How an interview goes: which rows failed and why, and whether it is of use to go on."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from arnews_bench.answer_log import REFUSED, Answer, AnswerLog
from arnews_bench.errors import InputError, WorkError
from arnews_bench.models.llm.budget import Budget
from arnews_bench.models.llm.failures import (
    NOT_FOUND,
    REFUSED_KEY,
    http_status,
    is_of_the_row,
    last_failure,
    nobody_listens,
    plain_message,
)
from arnews_bench.models.llm.keys import without_keys
from arnews_bench.models.llm.outputs import refused_answer

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog
    from inspect_ai.model import ModelAPI

__all__ = ["Course"]

# So many rows fail one after the other, and none succeeds: the next ones would fail too.
_HOPELESS = 3
# On a full disk other errors follow the one that says so.
_OS_ERROR = re.compile(r"^OSError: \[Errno \d+\] (.+)$", re.MULTILINE)


class Course:
    """What has happened to the rows of an interview so far.

    Attributes:
        reached: Whether the model has answered a row in this call.
    """

    def __init__(
        self,
        name: str,
        api: "ModelAPI",
        task: str,
        rows: Collection[str],
        log: AnswerLog,
        *,
        refused_is_empty: bool,
    ) -> None:
        """Nothing has happened.

        Args:
            name: The model, for messages.
            api: Its provider.
            task: The task, for messages.
            rows: Its rows, those with an answer too.
            log: Where answers are kept.
            refused_is_empty: Take a row that the server refuses for one without an answer.
        """
        self._name, self._api, self._task, self._rows, self._log = name, api, task, rows, log
        self._refused_is_empty = refused_is_empty
        self._stop: Exception | None = None
        self._failures: list[str] = []
        self._failed_in_turn = 0
        # Kept only when the model has answered a row: one that refuses all has no score.
        self._refused: list[Answer] = []
        self._answers_some = any(answer.stop_reason != REFUSED for answer in log)
        self.reached = False

    @property
    def over(self) -> bool:
        """Whether no more rows are to be asked."""
        return self._stop is not None

    def end(self, found: "EvalLog") -> None:
        """All rows have been asked, as far as it was of use.

        Raises:
            InputError: The provider refuses the key, or does not know the model.
            WorkError: Rows are without an answer.
        """
        if self._stop is not None:
            raise self._stop
        left = self._open()
        if left:
            reasons = [*self._failures, *(answer.problem for answer in self._refused)]
            reason = reasons[0] if reasons else self._failure_of(found)
            raise WorkError(
                f"{self._name}: {left} of {len(self._rows)} rows of {self._task!r} got no answer: "
                f"{reason}; {self._goes_on()}"
            )

    def spent(self, budget: Budget) -> None:
        """The next answer may cost more than what is left."""
        self._stop = self._stop or WorkError(
            f"--max-cost: {budget.spent:.4f} of {budget.limit:g} US dollars are spent, "
            f"and the next answer of {self._name} may cost more than what is left, with "
            f"{self._answered()}; the same call with a higher --max-cost goes on"
        )

    @contextmanager
    def answered(self) -> Iterator[None]:
        """A row got an answer, which is kept in the body."""
        self._failed_in_turn, self.reached, self._answers_some = 0, True, True
        try:
            self._keep_refusals()
            yield
        except Exception as error:
            # What cannot be kept, as on a full disk, is not to be asked for.
            self._stop = self._stop or error
            raise

    def failed(self, row_id: str, raised: Exception) -> bool:
        """A row got no answer.

        Returns:
            Whether it is to be left open; not if the server refuses this row, and that was to
            count as an empty answer.
        """
        error = last_failure(raised)
        message = without_keys(self._api, plain_message(error))
        if self._refused_is_empty and is_of_the_row(error):
            self._refused.append(refused_answer(row_id, name=self._name, said=message))
            if self._answers_some:
                self._keep_refusals()
            return False
        self._note_failure(error, message)
        return True

    def _keep_refusals(self) -> None:
        while self._refused:
            self._log.add(self._refused.pop(0))

    def _note_failure(self, error: BaseException, message: str) -> None:
        """Remember why a row got no answer, and stop where no other row would get one."""
        if isinstance(error, TypeError | AttributeError | LookupError):
            # Raised by who reads the answer.
            message = f"the server does not answer in the form of its provider's API ({message})"
        if "connection" in type(error).__name__.casefold() and self._api.base_url:
            message += f" (is there a server at {self._api.base_url}?)"
        if is_of_the_row(error) and self._answers_some:
            message += "; --option refused=empty takes such a row for one without an answer"
        self._failures.append(message)
        self._failed_in_turn += 1
        status = http_status(error)
        refused = isinstance(error, Exception) and self._api.is_auth_failure(error)
        if refused or status in REFUSED_KEY:
            names = " or ".join(self._api.api_key_vars) or "the provider's variable"
            self._stop = InputError(
                f"{self._name}: the provider refuses the key, which is read from the environment "
                f"({names}): {message}"
            )
        elif status == NOT_FOUND:
            self._stop = InputError(
                f"{self._name}: the provider knows no such model, or serves nothing at "
                f"{self._address()}: {message}"
            )
        elif nobody_listens(error) and not self.reached:
            self._stop = WorkError(
                f"{self._name}: {message}, with {self._answered()}; {self._goes_on()}"
            )
        elif self._failed_in_turn >= _HOPELESS and self._stop is None:
            self._stop = WorkError(
                f"{self._name}: stopped after {self._failed_in_turn} failures in a row, with "
                f"{self._answered()}: {message}; {self._goes_on()}"
            )

    def _failure_of(self, found: "EvalLog") -> str:
        """Why inspect-ai asked for nothing, where that is not for a failure of the provider."""
        each = [found.error, *(sample.error for sample in found.samples or ())]
        errors = [error for error in each if error is not None]
        for error in errors:
            if cause := _OS_ERROR.search(error.traceback):
                return f"{self._log.folder}: cannot be written: {cause[1]}"
        said = errors[0].message if errors else "it does not say why"
        return f"inspect-ai failed: {without_keys(self._api, said)}"

    def _address(self) -> str:
        address = self._api.base_url
        if not address:
            return "this address"
        usual = "" if address.rstrip("/").endswith("/v1") else " (addresses usually end in /v1)"
        return f"{address}{usual}"

    def _open(self) -> int:
        return sum(row_id not in self._log for row_id in self._rows)

    def _answered(self) -> str:
        answered = len(self._rows) - self._open()
        return f"{answered} of {len(self._rows)} rows of {self._task!r} answered"

    def _goes_on(self) -> str:
        kept = "asks for these only" if self._log.path is not None else "begins anew (no --out)"
        return f"the same call {kept}"
