"""Language models: asked through inspect-ai, their words aligned with the text.

inspect-ai does the calls, their concurrency, repetition, caching, usage and logs; it is imported
when a row is asked, not with this package.
"""

from collections.abc import Mapping
from pathlib import Path

from arnews_bench.errors import InputError
from arnews_bench.models import Model
from arnews_bench.models.llm.budget import Budget
from arnews_bench.models.llm.model import FewShotModel, LanguageModel, prompt_of
from arnews_bench.models.llm.options import RECORDED, Options
from arnews_bench.models.source import ModelSource
from arnews_bench.tasks import Task

__all__ = ["llm_source"]

_SHOWN_DIGEST = 12


def llm_source(rest: str, options: Mapping[str, str]) -> ModelSource:
    """The model of an `llm:` spec; nothing is imported or asked yet.

    Args:
        rest: `PROVIDER/MODEL`, as inspect-ai names it.
        options: See `Options`.

    Raises:
        InputError: The name is none, or an option is wrong.
    """
    chosen = Options.from_strings(options)
    provider, slash, model = rest.partition("/")
    if not (provider.strip() and slash and model.strip()):
        raise InputError(
            f"'llm:{rest}': a language model is given as llm:PROVIDER/MODEL, "
            "for example llm:openai/gpt-5 or llm:ollama/qwen3"
        )
    # One for all tasks of a call.
    budget = Budget(chosen.max_cost, chosen.price, chosen.longest)

    def revision(task: Task) -> str:
        return f"prompt {prompt_of(task, chosen).digest[:_SHOWN_DIGEST]}{chosen.determining()}"

    def create(task: Task) -> Model:
        kind = FewShotModel if chosen.shots else LanguageModel
        return kind(rest, task, chosen, budget)

    recorded = {key: value for key, value in options.items() if key in RECORDED}
    if chosen.prompt is not None:
        # The path is this machine's; the content is in the revision.
        recorded["prompt"] = Path(chosen.prompt).name
    # Without a limit nobody asks what earlier answers have cost.
    note = None if budget.limit is None else budget.note
    return ModelSource(f"llm:{rest}", revision, create, options=recorded, answered_before=note)
