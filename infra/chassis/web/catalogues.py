"""The words of pages: English in the templates, French in gettext catalogues read as they are.

``python -m infra.chassis.web.catalogues update`` brings every catalogue in line with what templates and
routes say; ``check`` fails where a sentence has no French.
"""

import gettext
import io
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SHARED = "infra.chassis.web"
PACKAGES = (
    SHARED,
    "services.ticket.web",
    "services.dispatch.web",
    "services.inventory.web",
    "services.notify.web",
)
_HEADER = b"""msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_METHODS = [("**.py", "python"), ("**.html", "jinja2.ext.babel_extract")]
_OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true"}}


@cache
def words(language: str, packages: tuple[str, ...]) -> gettext.NullTranslations:
    """The sentences of these packages in that language; of the first that has one, where several do."""
    if language == "en":
        return gettext.NullTranslations()
    found: gettext.NullTranslations | None = None
    for package in packages:
        each = gettext.GNUTranslations(io.BytesIO(_compiled(package)))
        if found is None:
            found = each
        else:
            found.add_fallback(each)
    return found or gettext.NullTranslations()


def missing(package: str) -> list[str]:
    """Sentences of a package's templates and routes that have no French, or that nobody says any more."""
    said, kept = _said(package), _catalogue(package)
    untold = [str(each.id) for each in said if each.id and not _told(kept, each.id, each.context)]
    unsaid = [str(each.id) for each in kept if each.id and each.id not in said]
    return [f"no French: {each}" for each in untold] + [f"said no more: {each}" for each in unsaid]


def update(package: str) -> None:
    """Add what is new to a package's catalogue, and take out what nobody says any more."""
    kept = _catalogue(package)
    kept.update(_said(package), no_fuzzy_matching=True)
    kept.obsolete.clear()
    path = Path(str(_file(package)))
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.write(_HEADER)
        write_po(file, kept, width=110, omit_header=True, no_location=True, sort_output=True)


def _told(kept: Catalog, id: object, context: str | None) -> bool:
    found = kept.get(id, context)  # type: ignore[arg-type]
    texts = found.string if found is not None else ""
    return all(texts) if isinstance(texts, tuple | list) else bool(texts)


def _said(package: str) -> Catalog:
    said = Catalog(locale="fr", header_comment="", project="astreinte")
    where = Path(str(files(package)))
    for _, _, message, comments, context in extract_from_dir(
        where,
        method_map=_METHODS,
        options_map=_OPTIONS,
        keywords={"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)},
    ):
        said.add(message, auto_comments=comments, context=context)
    return said


def _catalogue(package: str) -> Catalog:
    file = _file(package)
    return read_po(io.BytesIO(file.read_bytes() if file.is_file() else _HEADER), locale="fr")


def _file(package: str) -> Traversable:
    return files(package) / "locale" / "fr.po"


def _compiled(package: str) -> bytes:
    compiled = io.BytesIO()
    write_mo(compiled, _catalogue(package))
    return compiled.getvalue()


def _present(packages: Iterable[str]) -> list[str]:
    return [each for each in packages if find_spec(each) is not None]


def main(arguments: list[str]) -> int:
    """0, or 1 where a sentence has no French."""
    packages = _present(PACKAGES)
    if arguments == ["update"]:
        for package in packages:
            update(package)
    found: Mapping[str, list[str]] = {package: missing(package) for package in packages}
    for package, lines in found.items():
        for line in lines:
            print(f"{package}: {line}")
    if any(found.values()):
        print(
            "Give each its French in locale/fr.po; `python -m infra.chassis.web.catalogues update` adds them."
        )
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
