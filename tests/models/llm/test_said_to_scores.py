"""From said strings to scores: what may change them, and what may not."""

import json
import random

import msgspec
import pytest

from arnews_bench import load_task
from arnews_bench.models.llm.prompting.examples import gold_answer
from arnews_bench.models.llm.reading.parsing import parse_answer
from arnews_bench.models.llm.reading.placing import place_answer
from arnews_bench.predictions import check_predictions, read_predictions
from arnews_bench.scoring import SCORERS

INVENTED = {
    "ner": {"text": "زعبوطستان", "type": "GPE", "context": None},
    "attribution": {
        "content": ["الفيل يطير فوق البحيرة كل خميس"], "source_name": "زيد", "cue": "زعم",
        "source": "زيد", "via": None, "source_type": "person", "mode": "direct",
    },
}  # fmt: skip
TASKS = sorted(INVENTED)


class Judge:
    """A task, the answers of an honest model to it, and their scores."""

    def __init__(self, name):
        self.name, self.task = name, load_task(name)
        self.rows = [row for row in self.task.all_rows() if len(self.gold(row)) > 1]

    def gold(self, row):
        (items,) = json.loads(gold_answer(row, fine=True)).values()
        return items

    def predicted(self, row, items):
        key = "entities" if self.name == "ner" else "attributions"
        answer = parse_answer(self.task, json.dumps({key: items})).answer
        return place_answer(row, answer).prediction

    def scores(self, rows, predictions):
        values = SCORERS[self.name].tally(rows, predictions).values.sum(axis=0, keepdims=True)
        return {
            name: float(measure(values)[0]) for name, measure in SCORERS[self.name].measures.items()
        }

    def answers(self):
        """Rows and answers that are partly right, partly of another row, partly invented."""
        rng = random.Random(0)
        for row in rng.choices(self.rows, k=30):
            items = [item for item in self.gold(row) if rng.random() < 0.5]
            items += self.gold(rng.choice(self.rows))[:2]
            for item in items:
                if "source_name" in item and rng.random() < 0.3:
                    item["source_name"] = "زيد"
            yield row, items


@pytest.fixture(scope="module", params=TASKS)
def judge(request):
    return Judge(request.param)


def test_predictions_that_were_written_are_read_as_those_that_were_made(judge, tmp_path):
    for row, items in judge.answers():
        made = judge.predicted(row, [*items, INVENTED[judge.name]])
        path = tmp_path / "predictions.jsonl"
        path.write_bytes(msgspec.json.encode(made))
        read = check_predictions([row], read_predictions(path, judge.name), origin="it")
        assert read == [made]


def test_one_more_right_item_never_lowers_recall(judge):
    for row, items in judge.answers():
        before = judge.scores([row], [judge.predicted(row, items)])
        for item in judge.gold(row):
            if item not in items:
                after = judge.scores([row], [judge.predicted(row, [*items, item])])
                assert after["recall"] >= before["recall"]


def test_one_more_invented_item_never_raises_any_f1(judge):
    for row, items in judge.answers():
        before = judge.scores([row], [judge.predicted(row, items)])
        after = judge.scores([row], [judge.predicted(row, [INVENTED[judge.name], *items])])
        for name, value in after.items():
            if "f1" in name or name == "precision":
                assert not value > before[name], name


@pytest.mark.parametrize("order", ["reversed", "shuffled"])
def test_the_order_of_right_items_does_not_matter(judge, order):
    rng = random.Random(0)
    predictions = []
    for row in judge.rows:
        items = judge.gold(row)
        items = items[::-1] if order == "reversed" else rng.sample(items, len(items))
        predictions.append(judge.predicted(row, items))
    assert judge.scores(judge.rows, predictions)[SCORERS[judge.name].headline] == 1.0
