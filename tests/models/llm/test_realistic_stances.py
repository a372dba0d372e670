"""Stances as language models give them, in JSON and in prose: plainly, or not at all."""

import pytest
from test_realistic_answers import said


@pytest.mark.parametrize(
    ("completion", "label"),
    [
        ('النص ينفي وقوع المحادثات.\n\n{"label": "disagree"}', "disagree"),
        ('{"label": "discuss"}\n\nلا يؤكد الادعاء (agree) ولا ينفيه (disagree).', "discuss"),
        ('{"label": "agree"}\nانتظر، الأصح:\n{"label": "discuss"}', "discuss"),
        ('{"label": "agree"}\n\nالادعاء: …\nالنص: …\n{"label": "unrelated"}', "agree"),
        ('"label": "agree" // because it is not unrelated', "agree"),
        ('{"label": "disagree", "scores": {"agree": 0.1, "disagree": 0.9}}', "disagree"),
        ('{"label": "معارض (disagree)"}', "disagree"),
        ('{"label": "ﻣﻌﺎﺭﺽ"}', "disagree"),
        ('{"label": "not_related"}', "unrelated"),
        ('{"label": "contradicts"}', "disagree"),
        ("The text neither agrees nor disagrees. It only discusses it.", "discuss"),
        ("The stance is discuss because the text neither agrees nor disagrees.", "discuss"),
        ("I would go with `unrelated`, since the text never mentions the claim.", "unrelated"),
        ("The text supports the claim.", "agree"),
        ("The text does not support the claim; it refutes the claim.", "disagree"),
        ("النص لا يعارض الادعاء، بل يؤيده.", "agree"),
        ("النص لا يوافق الادعاء ولا يعارضه، بل يناقشه.", "discuss"),
        ("النص لا علاقة له بالادعاء.", "unrelated"),
        ("الجواب هو: disagree.", "disagree"),
        (r"Therefore, the answer is $\boxed{\text{discuss}}$.", "discuss"),
        ("agree, because the article reports the talks", "agree"),
        ("agree – النص يذكر ذلك صراحةً", "agree"),
        ("agree (النص يذكر ذلك)", "agree"),
        ("discuss: the text does not agree, nor does it disagree", "discuss"),
        ("discuss, not agree", "discuss"),
        ('{"label": "Agree - the text asserts it; not disagree"}', "agree"),
        ("الموقف: تأييد", "agree"),
        ("Stance: support", "agree"),
        ("**Stance:** Disagree\n\n**Explanation:** The text says that both agree.", "disagree"),
        ("The Kremlin denies the talks, so the stance is disagree.", "disagree"),
        ("1. The claim is about talks.\n2. **Final answer**: unrelated", "unrelated"),
        ("I would label this as 'disagree'.", "disagree"),
        ("The text is unrelated to the claim.", "unrelated"),
        ("The text clearly agrees with the claim that Russia agreed to talks.", "agree"),
        ("يعارض النص الادعاء لأن الكرملين نفى ذلك.", "disagree"),
        ("بناءً على النص، موقف النص من الادعاء هو discuss.", "discuss"),
        ("<answer>disagree</answer>", "disagree"),
        ("| Label | disagree |", "disagree"),
        (
            '{"analysis": [{"stance": "agree"}, {"stance": "disagree"}], "final_stance": "agree"}',
            "agree",
        ),
        (
            '{"first": {"label": "agree"}, "last": {"label": "discuss"}, "verdict": "agree"}',
            "agree",
        ),
        ('{"options": ["agree", "disagree", "discuss", "unrelated"], "choice": "agree"}', "agree"),
        ('{"label": "agree"}\n\nالادعاء: …\nالشرح: كذا.\n<claim>\n{"label": "discuss"}', "agree"),
        ("Stance: agree\n\nClaim: …\nText: …\nStance: unrelated", "agree"),
        ("The text discusses the claim.\nText: …\nStance: disagree", "disagree"),
        ("Claim: Russia agreed to talks.\nText: They discuss it.\nStance: disagree", "disagree"),
    ],
)
def test_a_stance_is_read_as_it_is_meant(completion, label):
    assert said("stance", completion) == label


@pytest.mark.parametrize(
    "completion",
    [
        "Whether the text agrees with the claim cannot be said.",
        "It is unclear whether the text agrees with the claim.",
        "If the text agrees with the claim, it hides it well.",
        "It would be wrong to say that the text agrees with the claim.",
        "The text hardly agrees with the claim.",
        "The text fails to agree with the claim.",
        "Final answer: I cannot determine whether the text agrees with the claim.",
        "The answer is anything but agree.",
        "The label 'agree' does not apply.",
        "Label: non-agree",
        "I rule out agree.",
        "Sure, I agree to help! Please give the claim.",
        "Do you agree?",
        "Label: agree? No, disagree.",
        "Which label is it: agree?",
        "أنا موافق على المساعدة.",
        "من غير الواضح ما إذا كان النص يؤيد الادعاء.",
        "لا يمكن القول إن النص يؤيد الادعاء.",
        "ليس صحيحا أن النص يؤيد الادعاء.",
        "لا أعتقد أن النص يؤيد الادعاء.",
        "دون أن يعارض الادعاء، ينقل النص قولين.",
        "النص لا يتفق ولا يختلف مع الادعاء.",
    ],
)
def test_who_doubts_denies_or_asks_has_named_no_stance(completion):
    assert said("stance", completion) is None


@pytest.mark.parametrize(
    "completion",
    [
        "The claim states that both sides agreed.",
        "The claim that Russia agreed to talks is denied by the text.",
        "The text states that the parties agreed to a ceasefire, contrary to the claim.",
        "As a result: agreed ceasefire terms were published.",
        "Moscow's answer is: disagree with all of it.",
        "الادعاء يقول إن ترمب موافق على الخطة.",
        "النص ينقل أن زيلينسكي يعارض الخطة، والادعاء عن بوتين.",
        "موقف روسيا هو معارض للخطة، ولا يذكر النص شيئا عن الادعاء.",
        "النص يوضح أن موقف روسيا: معارض لنشر القوات.",
        "لم يرفض بوتين الخطة بل يناقشها مع ترمب.",
    ],
)
def test_the_stances_of_whom_the_news_is_about_are_not_that_of_the_text(completion):
    assert said("stance", completion) is None


@pytest.mark.parametrize(
    "completion",
    [
        '{"label": "الموقف"}',
        '{"label": "STANCE"}',
        '{"type": "object", "properties": {"label": {"enum": ["agree", "discuss"]}}}',
        '{"label": "neutral"}',
        '{"label": "not agree"}',
        '{"label": 1}',
        "2",
        "I'm sorry, but I cannot agree or disagree with political claims.",
        "I'm unable to discuss this topic.",
        "I can't discuss that.",
        "We can discuss something else instead.",
        "بصفتي نموذجًا لغويًا، لا يمكنني أن أوافق أو أعارض.",
        "The text discusses that Russia and Ukraine agreed on a ceasefire in Riyadh.",
        "اجتمع الوزيران في موسكو وكان بينهما معارض بارز للحرب في أوكرانيا.",
        '{"claims": [{"label": "agree"}, {"label": "disagree"}]}',
        '{"label": "agree"}\n\nThis is wrong. The correct label is "disagree".',
        'Is it {"label": "agree"} or {"label": "disagree"}? The answer is discuss.',
        "agree: 10%\ndisagree: 80%\ndiscuss: 10%",
        "agree, or rather discuss",
        "agree – or discuss",
        "Stance: agree (but it may well be discuss)",
        "The text supports the claim, but its last source refutes the claim.",
    ],
)
def test_what_is_no_stance_does_not_become_one(completion):
    assert said("stance", completion) is None
