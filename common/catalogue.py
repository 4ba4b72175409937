"""The catalogue of translations, kept in Python: no system gettext is needed.

Also `python -m common.catalogue [--check | --compile]`, which loads neither
settings nor models and so works while something else is broken.
"""

import argparse
import io
import os
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize


ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("et",)
"""Languages with a catalogue; the msgids themselves are English."""

ROOMS = (
    "config",
    "home",
    "reports",
    "mentorship",
    "supervision",
    "consultations",
    "library",
    "meetings",
    "people",
    "journal",
    "outbox",
    "common",
)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# No dates: the file changes only when words do.
HEADER = """\
# Translations of Toetuspakett. Written by `make messages`; edit only msgstr.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
_BRACED = re.compile(r"\{(\w*)\}")


def po_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def source_files() -> Iterator[Path]:
    """Yield every file of ours that may hold words, in a fixed order."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
        yield from _templates_below(ROOT / room / "templates")
    yield from _templates_below(ROOT / "templates")


def _templates_below(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.suffix in (".html", ".txt"))


def extracted() -> Catalog:
    """Return all msgids of the sources, each with the files that use it."""
    catalog = Catalog()
    for path in source_files():
        name = path.relative_to(ROOT).as_posix()
        try:
            found = _words_of(path, name)
        except (SyntaxError, tokenize.TokenError, UnicodeDecodeError) as error:
            raise SystemExit(f"{name} cannot be read for words: {error}") from error
        for _line, msgid, comments, context in found:
            catalog.add(msgid, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


def _words_of(path: Path, name: str) -> list[tuple]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = templatize(text, origin=name)
    source = io.BytesIO(text.encode())
    return list(extract("python", source, keywords=KEYWORDS, comment_tags=("Translators:",)))


def stored(language: str) -> Catalog:
    """Return the catalogue as it stands in its file; empty when there is none."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """Return today's msgids with the translations they already have."""
    before, catalog = stored(language), Catalog(locale=language)
    for message in extracted():
        if not message.id:
            continue
        known = before.get(message.id, message.context)
        plural = isinstance(message.id, tuple)
        string = ("", "") if plural else ""
        # A guess is no translation, and one form cannot stand for two.
        if known and not known.fuzzy and isinstance(known.string, tuple) == plural:
            string = known.string
        catalog.add(
            message.id,
            string,
            locations=sorted(set(message.locations)),
            auto_comments=sorted(set(message.auto_comments)),
            context=message.context,
        )
    return catalog


def as_text(catalog: Catalog) -> str:
    """Return the text of the .po file: sorted, without line numbers or dates."""
    body = io.BytesIO()
    write_po(body, catalog, width=100, omit_header=True, sort_output=True, include_lineno=False)
    return HEADER.format(language=catalog.locale) + body.getvalue().decode()


def faults(catalog: Catalog) -> list[str]:
    """Return a sentence for every msgid that lacks a usable translation."""
    found = []
    for message in sorted(catalog, key=lambda each: str(each.id)):
        if not message.id:
            continue
        place = message.locations[0][0] if message.locations else "?"
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(forms):
            found.append(f"{place}: not translated: {message.id!r}")
            continue
        found += [f"{place}: {fault}: {message.id!r}" for fault in _wrong_names(message, forms)]
    return found


def _wrong_names(message: Message, forms: tuple[str, ...]) -> Iterator[str]:
    yield from (str(error) for error in message.check())
    sources = message.id if isinstance(message.id, tuple) else (message.id,)
    allowed = {name for source in sources for name in _BRACED.findall(source)}
    for form in forms:
        if unknown := set(_BRACED.findall(form)) - allowed:
            yield f"the translation has unknown names {sorted(unknown)}"


def write() -> list[str]:
    """Bring every .po up to date and compile it; return what lacks translation."""
    problems = []
    for language in LANGUAGES:
        catalog = updated(language)
        path, text = po_path(language), as_text(catalog)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        problems += faults(catalog)
    compile_all()
    return problems


def check() -> list[str]:
    """Return what is stale or not translated; change nothing."""
    problems = []
    for language in LANGUAGES:
        catalog, path = updated(language), po_path(language)
        if not path.exists() or path.read_text(encoding="utf-8") != as_text(catalog):
            problems.append(f"{path.relative_to(ROOT)} is stale: run `make messages`")
        problems += faults(catalog)
    return problems


def compile_all() -> None:
    """Compile each .po whose .mo is missing or older; a reader never sees half a file."""
    for language in LANGUAGES:
        source = po_path(language)
        target = source.with_suffix(".mo")
        if not source.exists():
            continue
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        buffer = io.BytesIO()
        write_mo(buffer, stored(language))
        half = target.with_name(f"{os.getpid()}.mo")
        half.write_bytes(buffer.getvalue())
        half.replace(target)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="messages", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="fail when stale; change nothing")
    choice.add_argument("--compile", action="store_true", help="only compile")
    options = parser.parse_args(arguments)
    if options.compile:
        compile_all()
        return 0
    problems = check() if options.check else write()
    for problem in problems:
        print(problem)
    return 1 if options.check and problems else 0


if __name__ == "__main__":
    sys.exit(main())
