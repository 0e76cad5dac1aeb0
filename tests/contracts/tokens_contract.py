"""What every `Tokens` promises, over two instances: `work`, whose user has set none, and `given`, whose has."""

from abc import ABC, abstractmethod

import pytest

from application.ports.tokens import Tokens
from domain.errors import ConfigInvalid, TokenNotSet

GIVEN = "glpat-given-0123456789abcdef"
KEPT = "glpat-kept-0123456789abcdef"


class TokensContract(ABC):
    @pytest.fixture
    @abstractmethod
    def tokens(self) -> Tokens: ...

    def test_a_given_token_is_found(self, tokens: Tokens) -> None:
        assert tokens.find("given").secret == GIVEN

    def test_a_missing_token_is_told(self, tokens: Tokens) -> None:
        with pytest.raises(TokenNotSet) as raised:
            tokens.find("work")
        assert raised.value.details["instance"] == "work"

    def test_a_kept_token_is_found(self, tokens: Tokens) -> None:
        where = tokens.keep("work", KEPT)
        found = tokens.find("work")
        assert (found.secret, found.origin) == (KEPT, where)

    def test_blanks_around_a_kept_token_are_no_part_of_it(self, tokens: Tokens) -> None:
        tokens.keep("work", f"  {KEPT}\n")
        assert tokens.find("work").secret == KEPT

    def test_a_token_kept_again_replaces_the_first(self, tokens: Tokens) -> None:
        tokens.keep("work", GIVEN)
        tokens.keep("work", KEPT)
        assert tokens.find("work").secret == KEPT

    def test_what_the_user_set_goes_before_what_was_kept(self, tokens: Tokens) -> None:
        tokens.keep("given", KEPT)
        assert tokens.find("given").secret == GIVEN

    def test_a_forgotten_token_is_gone(self, tokens: Tokens) -> None:
        tokens.keep("work", KEPT)
        assert tokens.forget("work")
        with pytest.raises(TokenNotSet):
            tokens.find("work")

    def test_forgetting_nothing_says_so(self, tokens: Tokens) -> None:
        assert not tokens.forget("work")

    def test_forgetting_leaves_what_the_user_set(self, tokens: Tokens) -> None:
        tokens.keep("given", KEPT)
        tokens.forget("given")
        assert tokens.find("given").secret == GIVEN

    @pytest.mark.parametrize("secret", ["", "two words", "line\nbreak", "tökén", "glcbt-64_abcdefghijklmnop"])
    def test_what_cannot_be_a_token_is_not_kept_and_not_repeated(self, tokens: Tokens, secret: str) -> None:
        with pytest.raises(ConfigInvalid) as raised:
            tokens.keep("work", secret)
        assert not secret or secret not in str(raised.value)

    @pytest.mark.parametrize("call", ["find", "forget"])
    def test_an_unknown_instance_is_told(self, tokens: Tokens, call: str) -> None:
        with pytest.raises(ConfigInvalid):
            getattr(tokens, call)("nowhere")

    @pytest.mark.requirement("cli:token-never-shown")
    def test_no_representation_shows_a_token(self, tokens: Tokens) -> None:
        assert GIVEN not in repr(tokens.find("given"))
        assert GIVEN not in repr(tokens)
