"""The server itself, and whose token it is."""

from adapters.gitlab.decoding import decoded
from adapters.gitlab.payloads import CurrentUserPayload, MetadataPayload, TokenPayload
from adapters.gitlab.records import Shape
from adapters.gitlab.transport import Answer, Transport
from application.ports.gitlab_reader import ServerInfo, TokenInfo
from domain.errors import GitLabForbidden, GitLabNotFound

_HALF_OF_THE_DATES_RESOLUTION_MS = 500


class Instance:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._metadata: Shape[MetadataPayload, MetadataPayload] = Shape("metadata", MetadataPayload, lambda it: it)
        self._user: Shape[CurrentUserPayload, CurrentUserPayload] = Shape("user", CurrentUserPayload, lambda it: it)
        self._token: Shape[TokenPayload, TokenPayload] = Shape("token", TokenPayload, lambda it: it)

    def server(self) -> ServerInfo:
        """`/metadata` is there from 15.2 on; `/version` says less and always was."""
        try:
            answer = self._told("/api/v4/metadata")
        except GitLabNotFound:
            answer = self._told("/api/v4/version")
        told = answer.value
        enterprise = True if told.enterprise is None and told.version.endswith("-ee") else told.enterprise
        in_the_middle = (answer.requested_at + answer.answered_at) // 2
        skew = in_the_middle - (answer.server_date + _HALF_OF_THE_DATES_RESOLUTION_MS)
        return ServerInfo(version=told.version, enterprise=enterprise, clock_skew_ms=skew)

    def token(self) -> TokenInfo:
        """Only personal, project and group access tokens tell of themselves, and only from 15.5 on."""
        who = self._transport.get("/api/v4/user", {}, lambda content: self._user.one(decoded(content))).value
        told = self._told_of_itself()
        return TokenInfo(
            user_gitlab_id=who.id,
            username=who.username,
            name=who.name or who.username,
            scopes=None if told.scopes is None else tuple(told.scopes),
            expires_at=told.expires_at,
        )

    def _told(self, path: str) -> Answer[MetadataPayload]:
        return self._transport.get(path, {}, lambda content: self._metadata.one(decoded(content)))

    def _told_of_itself(self) -> TokenPayload:
        path = "/api/v4/personal_access_tokens/self"
        try:
            return self._transport.get(path, {}, lambda content: self._token.one(decoded(content))).value
        except (GitLabNotFound, GitLabForbidden):
            return TokenPayload()
