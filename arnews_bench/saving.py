"""`--save`: the models of an evaluation are kept, and refused early where they cannot be."""

from collections.abc import Sequence
from pathlib import Path

from arnews_bench.errors import InputError
from arnews_bench.models import Model, Savable
from arnews_bench.models.saved import SavedPart, require_room, save_part
from arnews_bench.plans import Plan, trained_on

__all__ = ["require_savable", "save_model"]


def require_savable(plans: Sequence[Plan], folder: Path) -> None:
    """Refuse what cannot be saved before anything is fitted.

    Args:
        plans: The runs of one call.
        folder: Where their models are to be saved.

    Raises:
        InputError: There would be several models of a type of task or none that can be loaded
            again, or the folder is taken.
    """
    if any(plan.protocol != "split" for plan in plans):
        raise InputError("--save: under cv there is a model for each fold; take --protocol split")
    source = plans[0].source
    if source.create is None or source.load is None:
        raise InputError(f"--save: {source.spec} is nothing that can be saved and loaded again")
    by_type: dict[str, Plan] = {}
    for plan in plans:
        before = by_type.setdefault(plan.task.type, plan)
        if before is not plan:
            raise InputError(
                f"--save: one model of each type of task is kept, but {plan.task.type} would have "
                f"several ({before.task.name}, seed {before.seed}; {plan.task.name}, seed "
                f"{plan.seed}); save them in folders of their own, one call each"
            )
    require_room(folder, source.spec, source.options)


def save_model(plan: Plan, model: Model, folder: Path) -> None:
    """Save the model that was fitted for a plan, whole or not at all.

    Raises:
        InputError: It has no `save` and `load`, or the folder is taken.
    """
    if not isinstance(model, Savable):
        raise InputError(
            f"--save: {plan.source.spec} has no `save(folder)` and `load(folder)` for tasks of "
            f"type {plan.task.type}"
        )
    part = SavedPart(
        code=plan.source.revision(plan.task),
        seed=plan.seed,
        trained_on=trained_on(plan.teacher),
    )
    save_part(
        folder,
        plan.task.type,
        part,
        spec=plan.source.spec,
        options=plan.source.options,
        write=model.save,
    )
