"""The twelve languages of the product: detection, tone with negation, causes by seeds."""

import numpy as np
import pytest

from analysis.themes import CodebookCoder, ThemeModel, is_praise, tone
from analysis.themes.language import detect
from analysis.themes.lexicon import languages

TWELVE = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "tr", "ar", "ja")


def test_twelve_languages_are_known() -> None:
    assert tuple(languages()) == TWELVE
    for known in languages().values():
        assert not known.good & known.bad
        assert len(known.everyday) >= 12


@pytest.mark.parametrize("code", TWELVE)
def test_everyday_sentences_are_told_by_language(code: str) -> None:
    found = [detect(sentence) for sentence in languages()[code].everyday]
    assert np.mean([f == code for f in found]) >= 0.75


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("La collaborazione è ottima, grazie", "Non sono mai puntuali e il tono è scortese"),
        ("Tudo corre bem, obrigado", "A previsão chega sempre com atraso"),
        ("De samenwerking is goed", "Ze zijn niet behulpzaam"),
        ("Współpraca jest bardzo dobra", "Nie są pomocni i wszystko jest za późno"),
        ("Samarbetet fungerar bra, tack", "De är inte hjälpsam mot oss"),
        ("Ekip çok iyi ve yardımsever", "Hizmet iyi değil"),
        ("التعاون ممتاز وشكرا لكم", "الرد بطيء والخدمة سيئة"),
        ("協力的で助かっています", "対応が良くない"),
    ],
)
def test_tone_in_the_other_eight_languages(good: str, bad: str) -> None:
    assert is_praise(good)
    assert (tone(bad) or 0) < 0


@pytest.mark.parametrize(
    "text",
    ["Nessun problema con loro", "Geen problemen", "Sorun yok", "لا مشاكل", "問題ありません"],
)
def test_the_absence_of_something_bad_is_good(text: str) -> None:
    assert (tone(text) or 0) > 0


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Nessuno ci ha informati del cambiamento", "communication"),
        ("Ninguém nos informou da alteração", "communication"),
        ("Niemand heeft ons over de wijziging geïnformeerd", "communication"),
        ("Mają za mało ludzi i brak czasu", "resources"),
        ("Alla har högsta prioritet och för lite personal", "resources"),
        ("Müşteriye imkânsızı vaat ediyorlar", "competitiveness"),
        ("لم يخبرنا أحد بالتغيير", "communication"),
        ("誰も変更を知らせてくれなかった", "communication"),
    ],
)
def test_causes_by_seeds_of_the_language(text: str, cause: str) -> None:
    assert CodebookCoder().fit([text]).predict([text]) == [cause]


def test_all_languages_at_once() -> None:
    texts = [s for known in languages().values() for s in known.everyday]
    model = ThemeModel().fit(texts)
    assert (model.labels_ >= 0).all()
