"""Secrets leave no text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrypoints.redaction import redact, redact_all, secrets_in

TOKEN = "glpat-0123456789abcdefghij"

pytestmark = pytest.mark.requirement("cli:token-never-shown")


@pytest.mark.parametrize(
    "text",
    [
        f"the token {TOKEN} was",
        f"PRIVATE-TOKEN: {TOKEN}",
        "Private-Token: oldstyletoken1234567",
        "Authorization: Bearer abcdef.ghi-jkl",
        "{'PRIVATE-TOKEN': 'oldstyletoken1234567'}",
        "https://host/x?private_token=oldstyletoken1234567&page=2",
        "https://me:oldstyletoken1234567@host/x",
        "glpat-abcDEF_123-456789xyz.01.0w1abcdef",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    shown = redact(text)
    assert "***" in shown
    assert not any(part in shown for part in (TOKEN, "oldstyle", "abcdef.ghi", "0w1"))


@pytest.mark.parametrize("text", ["https://host/x?page=2", "glossaries-and-other-long-words", "no token for work"])
def test_other_text_stays(text: str) -> None:
    assert redact(text) == text


def test_secrets_of_the_environment_are_known_by_their_names() -> None:
    environ = {"MY_TOKEN": "abcdefgh1234", "DB_PASSWORD": "longer-password-here", "USE_TOKEN": "true", "HOME": "/root"}
    assert secrets_in(environ) == ("longer-password-here", "abcdefgh1234")


@given(st.text(alphabet="abcdef0123456789", min_size=12, max_size=30), st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_known_secret_is_found_everywhere_in_a_value(secret: str, before: str, after: str) -> None:
    value = {"a": [f"{before}{secret}{after}", 3, None, True], "b": {"c": (secret,), "d": ValueError(secret)}}
    assert secret not in repr(redact_all(value, [secret]))
