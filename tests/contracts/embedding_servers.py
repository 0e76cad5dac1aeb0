"""Small embedding servers on loopback that speak as Ollama and OpenAI do, and fail when they are told to."""

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self

from adapters.memory.embedder import MemoryEmbedder

DIGEST = "0a109f422b47e3a30ba2b10eca18548e944e8a23073ee3f3e947efcf3c45e59f"
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Instead of the usual answer. `hangs`: nothing is answered before the server ends; `drops`: the line is cut."""

    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False


def json_fault(status: int, answer: object) -> Fault:
    return Fault(status=status, content=json.dumps(answer).encode(), headers={"Content-Type": JSON})


class EmbeddingServerOnLoopback:
    """Knobs: `faults` come before the usual answers to texts, more than `longest` is refused, `key` is asked for."""

    embed_path: ClassVar[str]

    def __init__(self, *, model: str, longest: int | None = None, key: str | None = None) -> None:
        self.model = model
        self.longest = longest
        self.key = key
        self.faults: deque[Fault] = deque()
        self.asked: list[Asked] = []
        self.vectors = MemoryEmbedder()
        self.ended = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def answer(self, asked: Asked) -> Fault:
        self.asked.append(asked)
        if self.key is not None and asked.headers.get("Authorization") != f"Bearer {self.key}":
            return self.failure(401, f"Incorrect API key provided: {asked.headers.get('Authorization')}")
        if asked.path == self.embed_path and self.faults:
            return self.faults.popleft()
        return self.usual(asked)

    def usual(self, asked: Asked) -> Fault:
        raise NotImplementedError

    def failure(self, status: int, message: str) -> Fault:
        raise NotImplementedError

    def embedded(self, texts: list[str], dimensions: int | None) -> list[list[float]]:
        """Three times as long as the port wants them."""
        return [[3 * value for value in self.vectors.embed_query(text)][:dimensions] for text in texts]


class OllamaOnLoopback(EmbeddingServerOnLoopback):
    embed_path = "/api/embed"
    digest: object = DIGEST

    def usual(self, asked: Asked) -> Fault:
        if asked.path == "/api/tags" and asked.method == "GET":
            models = [{"name": "llama3:8b", "digest": "1" * 64}, {"name": self.model, "digest": self.digest}]
            return json_fault(200, {"models": models})
        if asked.path != self.embed_path:
            return Fault(status=404, content=b"404 page not found")
        if asked.body["model"] != self.model:
            return self.failure(404, f'model "{asked.body["model"]}" not found, try pulling it first')
        vectors = self.embedded([text[: self.longest] for text in asked.body["input"]], asked.body.get("dimensions"))
        return json_fault(200, {"model": self.model, "embeddings": vectors, "total_duration": 1})

    def failure(self, status: int, message: str) -> Fault:
        return json_fault(status, {"error": message})


class OpenAiOnLoopback(EmbeddingServerOnLoopback):
    embed_path = "/v1/embeddings"

    def usual(self, asked: Asked) -> Fault:
        if asked.path != self.embed_path:
            return json_fault(404, {"detail": "Not Found"})
        if asked.body["model"] != self.model:
            return self.failure(404, f"The model `{asked.body['model']}` does not exist.")
        texts = asked.body["input"]
        if not all(texts) or any(len(text) > (self.longest or len(text)) for text in texts):
            return self.failure(400, "an input is empty, or longer than the model reads")
        vectors = self.embedded(texts, asked.body.get("dimensions"))
        rows = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(vectors)]
        return json_fault(200, {"object": "list", "data": rows[::-1], "model": self.model})

    def failure(self, status: int, message: str) -> Fault:
        return json_fault(status, {"error": {"message": message, "type": "invalid_request_error", "code": None}})


def _handler(server: EmbeddingServerOnLoopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._respond(None)

        def do_POST(self) -> None:
            self._respond(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _respond(self, body: Any) -> None:
            fault = server.answer(Asked(method=self.command, path=self.path, headers=dict(self.headers), body=body))
            if fault.hangs:
                server.ended.wait()
            if fault.hangs or fault.drops:
                self.close_connection = True
                return
            self.send_response(fault.status)
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(fault.content)))
            self.end_headers()
            self.wfile.write(fault.content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Tests print nothing."""

    return Handler
