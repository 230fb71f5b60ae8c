"""What is found among the known repairs, and in which order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Language, WorkMode
from services.ticket.domain.article import Repair
from services.ticket.domain.article_record import ArticleRecord, expected, fix_rate
from services.ticket.lookup.searching import Base, Indexed, Sought
from services.ticket.lookup.terms import _stemmed, folded, gist, terms


def about(title: str, en: str = "", **changes: Any) -> Repair:
    words = {Language.FR: title, **({Language.EN: en} if en else {})}
    told = {"title": words, "symptom": words, "steps": (words,), "minutes": 5, "mode": WorkMode.REMOTE}
    return Repair(**{**told, **changes})


def base(**repairs: Repair) -> Base:
    return Base(Indexed.of(id, repair) for id, repair in repairs.items())


def found(base: Base, text: str, **changes: Any) -> list[str]:
    return [match.id for match in base.search(Sought(text, **changes), 3)]


FIRM = {
    "slow": about("Poste de travail lent", "Slow workstation", categories=("slow",)),
    "jam": about("Bourrage papier dans l'imprimante", "Paper jam in the printer", categories=("print",)),
    "locked": about("Compte verrouillé après trop d'essais", "Account locked after too many tries"),
    "screen": about("Écran noir, câble débranché", "Dark screen, cable unplugged"),
}


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("mon ordi rame", "slow"),
        ("MON PC EST TRES LENT !!", "slow"),
        ("la machine mouline depuis ce matin", "slow"),
        ("my computer is laggy", "slow"),
        ("le copieur bourre encore", "jam"),
        ("moniteur tout noir", "screen"),
        ("session bloquée, compte verrouille", "locked"),
    ],
)
def test_what_people_say_finds_what_technicians_call_it(text: str, id: str) -> None:
    assert found(base(**FIRM), text)[0] == id


def test_an_article_in_one_language_is_found_by_words_that_both_share() -> None:
    only_french = base(vpn=about("Tunnel VPN refusé"))
    assert found(only_french, "the VPN tunnel is refused") == ["vpn"]


def test_nothing_is_found_where_nothing_speaks_for_it() -> None:
    assert found(base(), "écran") == []
    assert found(base(**FIRM), "zzz") == []
    assert found(base(**FIRM), "") == []


def test_without_words_the_category_says_something() -> None:
    assert found(base(**FIRM), "", category="print") == ["jam"]


def test_one_of_one_does_not_beat_forty_of_forty_four() -> None:
    same = base(new=about("Écran noir"), proven=about("Écran noir"))
    same.count(ArticleRecord("new", tried=1, worked=1))
    same.count(ArticleRecord("proven", tried=44, worked=40))
    assert found(same, "écran noir") == ["proven", "new"]


def test_what_never_works_comes_after_what_nobody_tried() -> None:
    same = base(fails=about("Écran noir"), untried=about("Écran noir"))
    same.count(ArticleRecord("fails", tried=6, worked=0))
    assert found(same, "écran noir") == ["untried", "fails"]


def test_the_same_words_about_another_model_come_last() -> None:
    same = base(
        any=about("Bourrage papier"),
        his=about("Bourrage papier", models=("LaserJet M404",)),
        other=about("Bourrage papier", models=("Phaser 3330",)),
    )
    assert found(same, "bourrage", model="laserjet m404") == ["his", "any", "other"]
    assert set(found(same, "bourrage")) == {"any", "his", "other"}


def test_what_the_answers_point_at_comes_first() -> None:
    assert found(base(**FIRM), "écran noir", named=("jam",))[0] == "jam"
    assert found(base(**FIRM), "écran noir", named=("gone",)) == ["screen"]


def test_answers_help_words_and_weigh_less() -> None:
    assert found(base(**FIRM), "ça ne va pas", answers="L'imprimante affiche bourrage") == ["jam"]
    assert found(base(**FIRM), "mon poste est lent", answers="imprimante")[0] == "slow"


def test_himself_finds_only_what_a_user_can_do() -> None:
    some = base(safe=about("Écran noir", self_service=True), opened_up=about("Écran noir"))
    assert found(some, "écran noir", himself=True) == ["safe"]


def test_no_word_means_two_things() -> None:
    for language in Language:
        meanings: dict[str, set[str]] = {}
        for wording, meaning in _stemmed(language):
            meanings.setdefault(wording, set()).add(meaning)
        assert {wording: both for wording, both in meanings.items() if len(both) > 1} == {}


@given(st.text(max_size=300), st.sampled_from(list(Language)))
def test_any_text_has_terms_and_its_case_says_nothing(text: str, language: Language) -> None:
    assert all(terms(text, language))
    assert terms(folded(text), language) == terms(text, language)


@given(st.lists(st.sampled_from(["écran", "alimentation", "grillée", "ventilateur", "carte", "mère"])))
def test_the_gist_of_a_cause_is_the_same_in_any_order(words: list[str]) -> None:
    assert gist(" ".join(words)) == gist(" ".join(reversed(words)))


@given(st.integers(1, 10_000).flatmap(lambda tried: st.tuples(st.integers(0, tried), st.just(tried))))
def test_a_rate_lies_within_its_bounds_which_close_in_with_every_try(count: tuple[int, int]) -> None:
    worked, tried = count
    rate = fix_rate(worked, tried)
    assert 0 <= rate.low <= rate.rate <= rate.high <= 1
    assert rate.low <= expected(worked, tried) <= rate.high
    ten_times = fix_rate(10 * worked, 10 * tried)
    assert ten_times.high - ten_times.low < rate.high - rate.low


@pytest.mark.parametrize(
    ("worked", "tried", "low", "high"),
    # R's binom.confint(method = "wilson")
    [(1, 1, 0.2065, 1.0), (40, 44, 0.7884, 0.9641), (0, 10, 0.0, 0.2775), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(worked: int, tried: int, low: float, high: float) -> None:
    rate = fix_rate(worked, tried)
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)
