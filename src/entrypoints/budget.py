"""`--max-tokens`: an answer made small enough by leaving out detail, in this order, until it fits.

1. long texts are cut, to 500 characters and then to 160 (ids, paths, titles and addresses stay whole);
2. lists inside an item are cut, to five entries, then to one, then to none;
3. the fields that `--fields minimal` would leave out go;
4. items go, from the end of the list;
5. everything goes.

`meta.dropped` says in words what was left out, and `meta.truncated` that something was. It is never done silently.
"""

from collections.abc import Callable

from entrypoints.json_text import tokens_of
from entrypoints.views import MINIMAL, Plain, only

Body = dict[str, Plain]
_NEVER_CUT = (*MINIMAL, "web_url", "suggested_retry_command", "next_cursor")


def fit(data: Body, meta: Body, max_tokens: int) -> tuple[Body, Body]:
    """Data and meta of an answer that has at most so many tokens."""
    dropped: list[Plain] = []
    for step in (_cut_texts(500), _cut_texts(160), _cut_lists(5), _cut_lists(1), _cut_lists(0), _keep_minimal):
        if _size(data, meta) <= max_tokens:
            return data, meta
        smaller, words = step(data)
        if smaller != data:
            data, dropped = smaller, [*dropped, words]
            meta = {**meta, "truncated": True, "dropped": dropped}
    return _drop_items(data, meta, dropped, max_tokens)


def _size(data: Body, meta: Body) -> int:
    return tokens_of({"ok": True, "data": data, "meta": meta})


Step = Callable[[Body], tuple[Body, str]]


def _cut_texts(length: int) -> Step:
    def cut(value: Plain, name: str) -> Plain:
        if isinstance(value, str):
            return value if len(value) <= length or name in _NEVER_CUT else value[: length - 1] + "…"
        return _mapped(value, name, cut)

    def step(data: Body) -> tuple[Body, str]:
        return {name: cut(value, name) for name, value in data.items()}, f"texts beyond {length} characters"

    return step


def _cut_lists(length: int) -> Step:
    def cut(value: Plain, name: str) -> Plain:
        if isinstance(value, list):
            value = value[:length]
        return _mapped(value, name, cut)

    def step(data: Body) -> tuple[Body, str]:
        def inside(item: Plain) -> Plain:
            return _mapped(item, "", cut) if isinstance(item, dict) else item

        return _each_item(data, inside), f"entries beyond {length} of lists inside an item"

    return step


def _keep_minimal(data: Body) -> tuple[Body, str]:
    return _each_item(data, lambda item: only(item, MINIMAL) or item), "fields that are not in `--fields minimal`"


def _mapped(value: Plain, name: str, change: Callable[[Plain, str], Plain]) -> Plain:
    """The value with everything directly inside it changed."""
    if isinstance(value, dict):
        return {key: change(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [change(each, name) for each in value]
    return value


def _each_item(data: Body, change: Callable[[Plain], Plain]) -> Body:
    """The answer with its item, or each item of its lists, changed."""
    return {
        name: [change(item) for item in value] if isinstance(value, list) else change(value)
        for name, value in data.items()
    }


def _drop_items(data: Body, meta: Body, dropped: list[Plain], max_tokens: int) -> tuple[Body, Body]:
    """As many items as fit; the page's cursor goes with those that are left out, since it points behind them."""
    if _size(data, meta) <= max_tokens:
        return data, meta
    lists = {name: value for name, value in data.items() if isinstance(value, list) and value}
    if lists:
        name, items = max(lists.items(), key=lambda named: len(named[1]))
        for kept in _fewer_and_fewer(len(items)):
            words = f"{len(items) - kept} of {len(items)} {name}: ask again with --limit {max(kept, 1)} for a cursor"
            less: Body = {**data, name: items[:kept]}
            told: Body = {**meta, "next_cursor": None, "truncated": True, "dropped": [*dropped, words]}
            if _size(less, told) <= max_tokens:
                return less, told
    return {}, {"truncated": True, "dropped": [f"everything: the least of it has {_size(data, meta)} tokens"]}


def _fewer_and_fewer(count: int) -> list[int]:
    """Numbers of items to try, falling by a tenth at first: close to the bound, and few tries."""
    tried: list[int] = []
    while count > 0:
        count = min(count - 1, count * 9 // 10)
        tried.append(count)
    return tried
