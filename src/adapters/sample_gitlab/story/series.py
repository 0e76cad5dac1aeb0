"""What comes in series in the story, from the tables beside it: a long log, a big review, and many small requests."""

import itertools
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.sample_gitlab.rows import Row

Table = list[list[Any]]
_PROFILE_ANSWER = "I'll measure it when I'm in the hall on Thursday. The profile has room for a remark until then."
_GLOSSARY = "content/ja/glossary.md"
_REPORTS = 252
_REPORTS_A_DAY = 9
_REVIEWER, _TRANSLATOR = "kenji", "haruka"
_ASKED = (
    "「{new}」のほうが現場で通じます。",
    "I'd say 「{new}」. 「{old}」 is what a dictionary gives.",
    "現場では「{new}」と言っています。",
    "「{new}」 please; that is what the printer's own panel says.",
    "Nobody in Nagano would understand 「{old}」. 「{new}」?",
)
_FINE = (
    "これで問題ありません。",
    "Is this the term that the chapters use as well? If so, fine.",
    "Fine. Please check the width on the status page, though.",
)
_ANSWERS = ("直しました。", "Changed, thank you.", "Done.", "そうですね、直します。", "")


def _tables() -> dict[str, Table]:
    return tomllib.loads(Path(__file__).with_name("tables.toml").read_text("utf-8"))


def series() -> list[Row]:
    """Items in the order of their making, to be played after the hand-written ones."""
    tables = _tables()
    streams: list[Iterator[Row]] = [
        _updates(tables["updates"]),
        _profiles(tables["profiles"]),
        _translations(tables["translations"]),
        _tickets(tables["tickets"]),
    ]
    mixed = [item for turn in itertools.zip_longest(*streams) for item in turn if item is not None]
    return [_glossary(tables["glossary"]), *mixed[:20], _soak_test(tables["remarks"]), *mixed[20:]]


def _glossary(terms: Table) -> Row:
    """A merge request with one review thread for each term."""
    head = "# 用語集\n\n| English | 日本語 |\n|---|---|\n"
    text = head + "".join(f"| {term} | {draft} |\n" for term, draft, _ in terms)
    return {
        "in": "docs",
        "mr": "Glossary English - Japanese",
        "name": "glossary",
        "by": _TRANSLATOR,
        "branch": "glossary-ja",
        "labels": ["translation"],
        "review": [_REVIEWER],
        "every_minutes": 4,
        "text": "The terms of [[handbook]]. A first draft by machine, so please be strict: one thread for each term, "
        "then we can settle them one by one.\n\n機械翻訳の下書きです。一語ずつレビューをお願いします。",
        "change": [["new", _GLOSSARY, text]],
        "acts": [act for number, row in enumerate(terms) for act in _thread(number, *row)],
    }


def _thread(number: int, term: str, old: str, new: str) -> Iterator[list[Any]]:
    said = (_ASKED if new else _FINE)[number % len(_ASKED if new else _FINE)]
    yield [_REVIEWER, _GLOSSARY, f"| {term} | {old} |", said.format(old=old, new=new)]
    answer = _ANSWERS[number % len(_ANSWERS)]
    if new and answer:
        yield [_TRANSLATOR, ">", answer]
        yield [_REVIEWER, "!resolve"]


def _soak_test(remarks: Table) -> Row:
    chance = random.Random("soak")  # noqa: S311 - the same story every time
    acts: list[list[Any]] = []
    for number in range(_REPORTS):
        acts.append(["press-bot", _report(number, chance)])
        if number % (_REPORTS // len(remarks)) == 0 and remarks:
            acts.append(remarks.pop(0))
    return {
        "issue": "Soak test: results day by day",
        "name": "soak",
        "by": "alice",
        "labels": ["operations", "performance"],
        "milestone": "1.0",
        "every_minutes": 148,
        "text": "Four weeks at four times the traffic, see [[one-zero]]. press-bot reports nine times a day; what "
        "we change or break on purpose goes in here too, with the time.",
        "acts": [*acts, *remarks, ["alice", "!close"]],
    }


def _report(number: int, chance: random.Random) -> str:
    day, turn = divmod(number, _REPORTS_A_DAY)
    unplugged = chance.choice(("none", "none", "C (4 min)", "C (12 min)", "A (1 min)", "C (37 min), B (2 min)"))
    return (
        f"Day {day + 1}, report {turn + 1}: {chance.randint(51_000, 64_000):,} labels, take p50 "
        f"{chance.uniform(0.9, 1.2):.2f} ms, p99 {chance.uniform(1.4, 3.1):.2f} ms, oldest job "
        f"{chance.randint(0, 9)} s, lease changes {chance.choice((0, 0, 0, 0, 1))}, unplugged: {unplugged}. "
        f"Missing: 0. Double: {chance.choice((0,) * 24 + (1,))}."
    )


def _updates(table: Table) -> Iterator[Row]:
    for number, (package, old, new, said) in enumerate(table):
        lock, first = f"requirements/{package}.txt", package not in [row[0] for row in table[:number]]
        change = ["new", lock, f"{package}=={new}\n"] if first else ["edit", lock, f"=={old}", f"=={new}"]
        yield {
            "mr": f"Update {package} from {old} to {new}",
            "by": "press-bot",
            "branch": f"update/{package}-{new}",
            "text": f"| package | from | to |\n|---|---|---|\n| {package} | `{old}` | `{new}` |",
            "change": [change],
            "acts": [*([["bo", said]] if said else []), ["bo", "!approve"], ["bo", "!merge"]],
        }


def _profiles(table: Table) -> Iterator[Row]:
    for model, dots, width, special, question in table:
        slug = model.lower().replace(" ", "-")
        path = f"labelwriter/profiles/{slug}.toml"
        talk = [["haruka", path, f'model = "{model}"', question], ["daria", ">", _PROFILE_ANSWER]] if question else []
        yield {
            "in": "labelwriter",
            "mr": f"Profile of the {model}",
            "by": "daria",
            "branch": f"profile-{slug}",
            "text": f"{special} Needed for [[preview]].",
            "change": [["new", path, f'model = "{model}"\ndots_per_mm = {dots}\nwidth_mm = {width}\n']],
            "review": ["haruka"],
            "acts": [*talk, ["haruka", "!approve"], ["daria", "!merge"]],
        }


def _translations(table: Table) -> Iterator[Row]:
    for chapter, language, file, text in table:
        yield {
            "in": "docs",
            "mr": f'Translate "{chapter}" ({language})',
            "by": _TRANSLATOR if language == "ja" else "emeka",
            "branch": f"{language}-{file.removesuffix('.md')}",
            "labels": ["translation"],
            "text": "With the terms of [[glossary]].",
            "change": [["new", f"content/{language}/handbook/{file}", text]],
            "acts": [["farah", "I can't read it, but it has as many steps as mine."], ["farah", "!merge"]],
        }


def _tickets(table: Table) -> Iterator[Row]:
    for number, (who, title, text, labels, answer, *settled) in enumerate(table):
        other = "alice" if who != "alice" else "bo"
        name = f"ticket-{number}"
        yield {"issue": title, "name": name, "by": who, "text": text, "labels": labels, "acts": [[other, answer]]}
        if settled:
            yield {
                "mr": settled[0],
                "by": other,
                "branch": f"{name}-settled",
                "text": f"Closes [[{name}]]",
                "change": settled[1:],
                "acts": [[who, "!approve"], [other, "!merge"]],
            }
