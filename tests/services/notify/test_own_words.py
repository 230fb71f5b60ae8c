"""A firm's own templates say words and nothing else: checked, bounded, escaped, never in the way."""

import time
from dataclasses import replace
from typing import Any

import pytest

from contracts.notify.events import MessageChannel
from contracts.values import Language
from services.notify.domain.message import MessageKind
from services.notify.domain.quiet import Disturbs
from services.notify.domain.template import VERSIONS_KEPT, FirmTemplate, TemplateVersion, template_id
from services.notify.mail.compose import Names, compose, words
from services.notify.mail.own_words import LONGEST_SOURCE, CannotRender, mistakes, render
from services.notify.mail.samples import original, sample
from services.notify.sms.compose import compose as sms
from services.notify.store.templates import Templates
from services.notify.usecases.look_up import LookUp
from services.notify.usecases.write_template import WriteTemplate
from tests.services.notify.people import CLINIC, LEA, NORTH, Office
from tests.services.notify.sink import html_of, text_of
from tests.services.notify.test_mail import FIRM, NOW, to_technician

TOLD: dict[str, Any] = {"name": "Léa", "lines": ["a", "b"], "number": "INC-1", "missed": 3}
KNOWN = frozenset(TOLD)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Bonjour {{ name }}", "Bonjour Léa"),
        ("{% if missed > 2 %}trop{% else %}peu{% endif %}", "trop"),
        ("{% for each in lines %}- {{ each | upper }}\n{% endfor %}", "- A\n- B\n"),
        ("{% for a in lines %}{% for b in lines %}{{ a ~ b }} {% endfor %}{% endfor %}", "aa ab ba bb "),
        ("{{ lines | join(', ') }} {{ lines[0] }}", "a, b a"),
    ],
)
def test_it_says_words_asks_and_goes_through_lists(source: str, said: str) -> None:
    assert mistakes(source, KNOWN) == []
    assert render(source, TOLD) == said


@pytest.mark.parametrize(
    "source",
    [
        "{{ name.__class__.__mro__ }}",
        "{{ name['__class__'] }}",
        "{{ lines.append('c') }}",
        "{{ ''.join(lines) }}",
        "{% for x in range(10) %}x{% endfor %}",
        "{{ 'a' * 1000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% set x = 1 %}",
        "{% macro m() %}{% endmacro %}",
        "{% include 'layout.html' %}",
        "{% extends layout %}",
        "{% import 'ui.html' as ui %}",
        "{{ name | attr('__class__') }}",
        "{{ lines | map('upper') | list }}",
        "{{ cycler }}",
        "{% for a in lines recursive %}{% endfor %}",
        "{% for a in lines %}{% for b in lines %}{% for c in lines %}{% endfor %}{% endfor %}{% endfor %}",
        "{% block x %}{% endblock %}",
    ],
)
def test_it_does_nothing_else(source: str) -> None:
    found = mistakes(source, KNOWN)
    with pytest.raises(CannotRender):
        render(source, TOLD)
    assert found or "__class__" in source, "what is not refused finds nothing"


def test_what_is_wrong_is_said_by_line_in_both_languages() -> None:
    found = mistakes("{{ name }}\n{{ nom }}\n\n{{ name | shout }}\n{% set x = 1 %}", KNOWN)
    assert [each.line for each in found] == [2, 4, 5]
    assert (found[0].why.en, found[0].why.fr) == ("there is no word nom", "il n'y a pas de mot nom")
    [unclosed] = mistakes("a\n{% if name %}\nb", KNOWN)
    assert unclosed.line in (2, 3)
    assert mistakes("x" * (LONGEST_SOURCE + 1), KNOWN)[0].line == 1


def test_neither_length_nor_time_is_without_bound() -> None:
    many = {"lines": ["x" * 50] * 700}
    source = "{% for a in lines %}{% for b in lines %}{{ a }}{% endfor %}{% endfor %}"
    began = time.monotonic()
    with pytest.raises(CannotRender, match="longer than"):
        render(source, many)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind is not MessageKind.DIGEST])
def test_every_template_that_came_with_it_can_be_started_from(kind: MessageKind, language: Language) -> None:
    told = sample(kind, language, FIRM)
    for channel in MessageChannel:
        subject, body = original(kind, channel, language, FIRM)
        assert body
        assert mistakes(subject, frozenset(told)) == mistakes(body, frozenset(told)) == []
        assert render(body, told).strip()


def own(subject: str, body: str) -> TemplateVersion:
    return TemplateVersion(1, subject, body, "admin:a", NOW)


def names(version: TemplateVersion | None) -> Names:
    return Names(LEA, CLINIC, LEA, (NORTH,), own=version)


def test_a_mail_has_the_firms_words_and_nothing_of_them_is_markup() -> None:
    delivery = to_technician()
    message = replace(
        delivery.message, details=replace(delivery.message.details, summary="<script>x</script>")
    )
    delivery = replace(delivery, message=message)
    mail = compose(
        delivery,
        names(own("Pour {{ name }}", "Salut <b>{{ name }}</b>\n\n{{ summary }}\n{{ link }}")),
        FIRM,
        NOW,
    )
    assert mail["Subject"] == "Pour Léa Bernard"
    assert text_of(mail).startswith("Salut <b>Léa Bernard</b>\n\n<script>x</script>")
    html = html_of(mail)
    assert "&lt;b&gt;Léa Bernard&lt;/b&gt;" in html
    assert "<script>" not in html
    assert '<a href="http' in html


def test_an_sms_has_the_firms_words_on_one_line_with_its_link() -> None:
    text = sms(to_technician(), names(own("", "Va a\n{{ site }} !")), FIRM)
    assert text.startswith("Va a Pasteur Nord ! http")


def test_a_template_that_cannot_be_said_holds_nobody_up() -> None:
    usual = compose(to_technician(), names(None), FIRM, NOW)
    broken = compose(to_technician(), names(own("{{ name }}", "{{ name / 2 }}{{ nothing }}")), FIRM, NOW)
    assert (broken["Subject"], text_of(broken)) == (usual["Subject"], text_of(usual))


def test_versions_are_kept_and_one_goes_back_to_what_came_with_it() -> None:
    here = Office()
    id = template_id(MessageKind.TECHNICIAN_DISPATCHED, MessageChannel.MAIL, Language.FR)
    for body in ("one", "two", "two"):
        here.do(WriteTemplate(id, "s", body, "admin:a"))
    template = here.have(Templates, id)
    assert ([each.body for each in template.versions], template.current) == (["one", "two"], 2)
    lookup = LookUp(to_technician().message, channel=MessageChannel.MAIL)
    found = here.do(lookup)
    assert found.own is not None
    assert found.own.body == "two"
    here.do(WriteTemplate(id, "", None, "admin:a"))
    assert (here.do(lookup).own, len(here.have(Templates, id).versions)) == (None, 2)


def test_old_versions_give_way_and_no_number_is_given_twice() -> None:
    template = FirmTemplate("x")
    for number in range(VERSIONS_KEPT + 5):
        template = template.written("", str(number), "a", NOW)
    assert (len(template.versions), template.versions[-1].number) == (VERSIONS_KEPT, VERSIONS_KEPT + 5)


def test_a_preview_has_every_word_that_a_message_has() -> None:
    told = sample(MessageKind.TECHNICIAN_DISPATCHED, Language.FR, FIRM)
    assert set(told) == {*words(to_technician(), names(None), FIRM, Language.FR), "language", "firm"}


def test_what_breaks_quiet_hours_says_why_in_the_firms_words_too() -> None:
    urgent = replace(to_technician(), disturbs=Disturbs.URGENT)
    why = "Envoyé pendant vos heures calmes : c'est urgent."
    for body in ("Va à {{ site }}", "{{ disturbs }} Va à {{ site }}"):
        mail = compose(urgent, names(own("x", body)), FIRM, NOW)
        assert text_of(mail).count(why) == 1
        assert sms(urgent, names(own("", body)), FIRM).count("c'est urgent") == 1
