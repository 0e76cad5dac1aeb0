"""Cross references in untrusted text (FACTS.md section f)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.references import Place, Relation, mentions, references_in, references_in_system_note, without_code
from domain.refs import EntityKind

HERE = Place(project_path="group/sub/app", base_url="https://gitlab.example.com/root")
ISSUE, CHANGE = EntityKind.ISSUE, EntityKind.MERGE_REQUEST


def found(text: str) -> list[tuple[str, EntityKind, int]]:
    return [(one.project_path, one.kind, one.iid) for one in references_in(text, HERE)]


@pytest.mark.requirement("sync:rule-6")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see #1", ("group/sub/app", ISSUE, 1)),
        ("(!2)", ("group/sub/app", CHANGE, 2)),
        ("lib#3.", ("group/sub/lib", ISSUE, 3)),
        ("other/team/lib!4,", ("other/team/lib", CHANGE, 4)),
        ("GL-5", ("group/sub/app", ISSUE, 5)),
        ("#6+ and", ("group/sub/app", ISSUE, 6)),
        ("#7+s", ("group/sub/app", ISSUE, 7)),
        ("https://gitlab.example.com/root/a/b/-/issues/8", ("a/b", ISSUE, 8)),
        ("https://gitlab.example.com/root/a/b/-/work_items/8#note_1", ("a/b", ISSUE, 8)),
        ("[x](https://gitlab.example.com/root/a/b/-/merge_requests/9/diffs?x=1)", ("a/b", CHANGE, 9)),
        ("https://gitlab.example.com/root/a/b/issues/10.", ("a/b", ISSUE, 10)),
        ("テスト #11 です", ("group/sub/app", ISSUE, 11)),
        ("https://gitlab.example.com/root/a/b/-/issues/12。続き", ("a/b", ISSUE, 12)),
        ("\uff08https://gitlab.example.com/root/a/b/-/issues/12\uff09", ("a/b", ISSUE, 12)),
        ("https://gitlab.example.com/root/a/b/-/issues/13.-", ("a/b", ISSUE, 13)),
        ("**https://gitlab.example.com/root/a/b/-/issues/13**", ("a/b", ISSUE, 13)),
        ("included in !14!", ("group/sub/app", CHANGE, 14)),
        ("issue #333 is green", ("group/sub/app", ISSUE, 333)),
        ("a ```b``` #15", ("group/sub/app", ISSUE, 15)),
        ("```b``` #15", ("group/sub/app", ISSUE, 15)),
        ("`<!--` #16", ("group/sub/app", ISSUE, 16)),
        ("<!-- never closed #17", ("group/sub/app", ISSUE, 17)),
        ("e-mail me@corp.com about #18", ("group/sub/app", ISSUE, 18)),
        ("group/my.io/app#19", ("group/my.io/app", ISSUE, 19)),
    ],
)
def test_every_form_is_found(text: str, expected: tuple[str, EntityKind, int]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "`#1`",
        "```\n#1\n```",
        "~~~~\n!2\n~~~~",
        "`` a ` #1 ``",
        "https://other.example.com/a/b/-/issues/1",
        "https://other.example.com/x#1",
        "https://gitlab.example.com/elsewhere/a/b/-/issues/1",
        "&#123;",
        "#0",
        "#12abc",
        "word#",
        "a//b#1",
        "/path#1",
        "##1",
        "mail@host#1",
        "#1#2x",
        "me!1@corp.com",
        "\\#1",
        "#007",
        "#\u0661",
        "color: #333333",
        "background=#000",
        "<!-- Closes #1 -->",
        "- item\n\n      ```sh\n      #1\n\n      #2\n      ```\n",
        "1. ```\n   #1\n   ```",
        "````\n```\n#1\n````",
        "```\n``` not the end\n#1\n```",
        "https://en.example.org/wiki/Foo_(bar)#1",
        "https://archive.example.org/web/https://gitlab.example.com/root/a/b/-/issues/8",
        "https://gitlab.example.com@evil.example/root/a/b/-/issues/8",
        "https://gitlab.example.com:8443/root/a/b/-/issues/8",
        "http://gitlab.example.com/root/a/b/-/issues/8",
        "github.com/other/app#1",
        "www.example.org/app#1",
        "ssh://git@host/app#1",
        "x" * 300 + "#1",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert found(text) == []


def test_several_in_a_row_are_all_found() -> None:
    assert [iid for *_, iid in found("#1/#2, #3-#4,!5 lib#6")] == [1, 2, 3, 4, 5, 6]


def test_positions_are_those_of_the_text() -> None:
    text = "`code` <!-- #9 --> #1 and lib!2"
    assert [text[one.position :][:5] for one in references_in(text, HERE)] == ["#1 an", "lib!2"]


def test_a_broken_base_url_makes_every_address_foreign() -> None:
    nowhere = Place(project_path="group/app", base_url="nowhere")
    assert references_in("https://gitlab.example.com/group/app/-/issues/1", nowhere) == ()


def test_an_unclosed_fence_hides_the_rest_and_an_unclosed_span_hides_nothing() -> None:
    assert found("#1\n```\n#2") == [("group/sub/app", ISSUE, 1)]
    assert [iid for *_, iid in found("`#1 and #2")] == [1, 2]


def test_a_code_span_ends_with_its_paragraph() -> None:
    assert [iid for *_, iid in found("a ` b\n\n#1 ` c")] == [1]


@pytest.mark.parametrize("word", ["Closes", "close", "fixed", "Fixing", "resolves", "Resolving", "implements", "Fix:"])
def test_closing_words_close(word: str) -> None:
    (one,) = references_in(f"{word} #4", HERE)
    assert one.relation is Relation.CLOSES


def test_a_closing_word_counts_for_the_whole_list() -> None:
    text = "Fixes #1, #2 and lib#3; see #4. Closes https://gitlab.example.com/root/a/b/-/issues/5"
    relations = {one.iid: one.relation for one in references_in(text, HERE)}
    closes, mentioned = Relation.CLOSES, Relation.MENTIONS
    assert relations == {1: closes, 2: closes, 3: closes, 4: mentioned, 5: closes}


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("Closes #1 and #2", [1, 2]),
        ("closes #1, and #2", [1, 2]),
        ("Closes: issue #1, issues #2 #3", [1, 2, 3]),
        ("closes #1, !5, #2", [1]),
        ("closes #1 or #2", [1]),
        ("closes #1\n#2", [1]),
        ("closes #1. #2", [1]),
        ("closes\n#1", []),
        ("closes#1", []),
        ("discloses #1", []),
        ("CLOSES #1", []),
        ("Closes `nothing` #1", []),
        ("`Closes` #1", []),
        ("Closes https://gitlab.example.com/root/a/b/-/issues/1, GL-2", [1, 2]),
    ],
)
def test_a_list_ends_where_gitlab_ends_it(text: str, closed: list[int]) -> None:
    assert [one.iid for one in references_in(text, HERE) if one.relation is Relation.CLOSES] == closed


def test_a_merge_request_is_never_closed_by_a_word() -> None:
    (one,) = references_in("Closes !4", HERE)
    assert one.relation is Relation.MENTIONS


@pytest.mark.parametrize(
    ("body", "relation", "target"),
    [
        ("mentioned in issue #1", Relation.MENTIONED_IN, ("group/sub/app", ISSUE, 1)),
        ("Mentioned in merge request other/lib!2", Relation.MENTIONED_IN, ("other/lib", CHANGE, 2)),
        ("moved to ns/project#11", Relation.MOVED_TO, ("ns/project", ISSUE, 11)),
        ("moved from ns/project#12", Relation.MOVED_FROM, ("ns/project", ISSUE, 12)),
        ("marked this issue as a duplicate of #13", Relation.DUPLICATE_OF, ("group/sub/app", ISSUE, 13)),
        ("marked #14 as a duplicate of this issue", Relation.HAS_DUPLICATE, ("group/sub/app", ISSUE, 14)),
        ("marked as related to #15", Relation.RELATED, ("group/sub/app", ISSUE, 15)),
        ("marked this issue as related to lib#16", Relation.RELATED, ("group/sub/lib", ISSUE, 16)),
        ("marked this task as related to #19", Relation.RELATED, ("group/sub/app", ISSUE, 19)),
        ("mentioned in work item #20", Relation.MENTIONED_IN, ("group/sub/app", ISSUE, 20)),
        ("closed via merge request !17", Relation.CLOSED_BY, ("group/sub/app", CHANGE, 17)),
        ("created merge request !18 to address this issue", Relation.ADDRESSED_BY, ("group/sub/app", CHANGE, 18)),
    ],
)
def test_system_notes_say_what_they_say(body: str, relation: Relation, target: tuple[str, EntityKind, int]) -> None:
    (one,) = references_in_system_note(body, HERE)
    assert (one.relation, (one.project_path, one.kind, one.iid)) == (relation, target)


def test_a_system_note_may_name_several() -> None:
    found = references_in_system_note("marked as related to #1, lib#2, and other/lib#3", HERE)
    assert [(one.project_path, one.iid) for one in found] == [
        ("group/sub/app", 1),
        ("group/sub/lib", 2),
        ("other/lib", 3),
    ]


@pytest.mark.parametrize(
    "body", ["removed the relation with #1", "mentioned in commit 54f7727c", "changed title from **#1** to **#2**", ""]
)
def test_other_system_notes_refer_to_nothing(body: str) -> None:
    assert references_in_system_note(body, HERE) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@alice, look", ("alice",)),
        ("(@alice)", ("alice",)),
        ("@alice-bot", ("alice-bot",)),
        ("@alice.", ("alice",)),
        ("alice@corp.com", ()),
        ("`@alice`", ()),
        ("@a @b @a", ("a", "b")),
        ("@group/sub", ()),
        ("x@alice", ()),
    ],
)
def test_mentions_respect_word_boundaries(text: str, names: tuple[str, ...]) -> None:
    assert mentions(text) == names


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="`~#!@/-<>a1 \nGL.é", max_size=200))
def test_blanking_code_moves_nothing(text: str) -> None:
    blanked = without_code(text)
    assert len(blanked) == len(text)
    assert all(new in {old, " "} for old, new in zip(text, blanked, strict=True))
    references_in(text, HERE)
    mentions(text)


@pytest.mark.parametrize(
    "piece",
    [
        "`",
        "#1",
        "@a",
        "a/",
        "https://",
        "fixes ",
        "```\n",
        "a-",
        "(",
        "GL-1",
        "`a",
        "``",
        "<!--",
        "~~~\n",
        "https://(",
        "\\#",
    ],
)
def test_a_megabyte_of_anything_is_read_in_linear_time(piece: str) -> None:
    references_in(piece * (1_000_000 // len(piece)), HERE)
    mentions(piece * (1_000_000 // len(piece)))
