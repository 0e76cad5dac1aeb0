"""Make a corpus that `search_quality.py` can measure out of what is no corpus yet.

    python benchmarks/made_corpora.py ir FOLDER OUT      a retrieval collection: docs.jsonl, queries.jsonl, qrels.tsv
    python benchmarks/made_corpora.py japanese OUT       issues in Japanese made by chance, asked for by what they say

Every document is an issue of one project.
"""

import argparse
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]
HOST = "https://gitlab.example.com"
PATH = "made/corpus"
PROJECT_ID = 1
AUTHOR = {"id": 1, "username": "writer", "name": "Writer", "state": "active", "web_url": f"{HOST}/writer"}
MOMENT = "2024-01-01T00:00:00.000Z"

THINGS = [
    "印刷キュー",
    "用紙トレイ",
    "再試行",
    "設定画面",
    "ネットワーク",
    "認証トークン",
    "添付ファイル",
    "検索結果",
    "通知メール",
    "権限",
    "履歴",
    "索引",
    "証明書",
    "翻訳",
    "画像",
]
PLACES = [
    "起動直後",
    "更新後",
    "夜間",
    "初回同期",
    "管理者画面",
    "低速回線",
    "大きな文書",
    "複数端末",
    "古い版",
    "試験環境",
]
EVENTS = [
    "止まる",
    "消える",
    "重複する",
    "遅くなる",
    "失敗する",
    "表示されない",
    "文字化けする",
    "保存できない",
    "無視される",
    "終わらない",
]
WISHES = ["直したい", "理由を知りたい", "警告を出したい", "手順を書きたい", "自動化したい", "既定値を変えたい"]
DOCUMENTS, QUERIES, LONGEST_ANSWER = 2_000, 200, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    collection = kinds.add_parser("ir")
    collection.add_argument("folder", type=Path)
    collection.add_argument("out", type=Path)
    kinds.add_parser("japanese").add_argument("out", type=Path)
    options = parser.parse_args()
    if options.kind == "ir":
        write(options.out, *_collection(options.folder))
    else:
        write(options.out, *_japanese())


def write(out: Path, texts: Mapping[int, tuple[str, str]], queries: Iterable[Row]) -> None:
    project = out / "projects" / "made__corpus"
    project.mkdir(parents=True)
    (out / "truth").mkdir()
    (project / "project.json").write_text(json.dumps(_project()))
    _put(out / "users.ndjson.gz", [AUTHOR])
    _put(project / "issues.ndjson.gz", (_issue(iid, *text) for iid, text in texts.items()))
    with (out / "truth" / "retrieval.ndjson").open("w") as file:
        file.writelines(json.dumps(query, ensure_ascii=False) + "\n" for query in queries)


def _collection(folder: Path) -> tuple[dict[int, tuple[str, str]], list[Row]]:
    texts = {int(row["_id"]): (row.get("title") or "-", row.get("text") or "") for row in _lines(folder / "docs.jsonl")}
    relevant: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0:
            relevant[query][f"{PATH}#{document}"] = int(grade)
    asked = {row["_id"]: row["text"] for row in _lines(folder / "queries.jsonl")}
    return texts, [_query(folder.name, asked[one], found) for one, found in relevant.items() if one in asked]


def _japanese() -> tuple[dict[int, tuple[str, str]], list[Row]]:
    chance = random.Random(1)

    def sentence() -> str:
        return f"{chance.choice(PLACES)}に{chance.choice(THINGS)}が{chance.choice(EVENTS)}ので{chance.choice(WISHES)}。"

    texts = {
        iid: (sentence().removesuffix("。"), "".join(sentence() for _ in range(chance.randint(1, 6))))
        for iid in range(1, DOCUMENTS + 1)
    }
    queries: list[Row] = []
    while len(queries) < QUERIES:
        text = chance.choice(chance.choice(list(texts.values())))
        start, length = chance.randrange(len(text)), chance.randint(8, 14)
        piece = text[start : start + length].strip("。")
        found = {f"{PATH}#{iid}": 1 for iid, both in texts.items() if any(piece in one for one in both)}
        if len(piece) >= length - 1 and len(found) <= LONGEST_ANSWER:
            queries.append(_query("cjk_substring", piece, found))
    return texts, queries


def _query(kind: str, text: str, relevant: Mapping[str, int]) -> Row:
    return {"kind": kind, "query": text, "rel": relevant, "exclude": []}


def _project() -> Row:
    return {
        "id": PROJECT_ID,
        "name": "corpus",
        "path": "corpus",
        "path_with_namespace": PATH,
        "default_branch": "main",
        "created_at": MOMENT,
        "last_activity_at": MOMENT,
        "visibility": "public",
        "web_url": f"{HOST}/{PATH}",
        "namespace": {"id": 2, "name": "made", "path": "made", "kind": "group", "full_path": "made"},
    }


def _issue(iid: int, title: str, description: str) -> Row:
    return {
        "id": 1_000 + iid,
        "iid": iid,
        "project_id": PROJECT_ID,
        "title": title,
        "description": description,
        "state": "opened",
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "labels": [],
        "assignees": [],
        "author": AUTHOR,
        "web_url": f"{HOST}/{PATH}/-/issues/{iid}",
    }


def _lines(file: Path) -> Iterator[Row]:
    with file.open() as lines:
        yield from map(json.loads, lines)


def _put(file: Path, rows: Iterable[Row]) -> None:
    with gzip.open(file, "wt") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    main()
