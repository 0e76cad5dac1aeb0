"""The few corners of ONNX's protobuf format that rewriting one known model needs, instead of the package `onnx`.

Field numbers are those of `onnx.proto3`; the encoding is protobuf's wire format: a key of (field << 3 | type), then a
varint (type 0), a length and that many bytes (type 2) or four bytes (type 5).
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

FLOAT: Final = 1
INT8: Final = 3
INT32: Final = 6
INT64: Final = 7

_Bytes = bytes | memoryview

_VARINT: Final = 0
_EIGHT_BYTES: Final = 1
_DELIMITED: Final = 2
_FOUR_BYTES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """A constant of a graph; `raw` holds its elements in little-endian order."""

    name: str
    data_type: int
    shape: tuple[int, ...]
    raw: bytes | memoryview


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One operator of a graph; an empty input name means that the optional input is left out."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    domain: str = ""
    integers: dict[str, int] = field(default_factory=dict)
    floats: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """An input or output of a graph; a dimension is a number or a name for whatever comes."""

    name: str
    data_type: int
    shape: tuple[int | str, ...]


def initializers(model: bytes) -> Iterator[Tensor]:
    """The constants of a serialised model, in the order of the file. Raises ValueError where it is no such model."""
    for number, graph in _fields(memoryview(model)):
        if number == 7 and isinstance(graph, memoryview):  # noqa: PLR2004 - ModelProto.graph
            for inner, content in _fields(graph):
                if inner == 5 and isinstance(content, memoryview):  # noqa: PLR2004 - GraphProto.initializer
                    yield _tensor(content)


def serialised(
    *,
    nodes: Sequence[Node],
    constants: Sequence[Tensor],
    inputs: Sequence[Value],
    outputs: Sequence[Value],
    opsets: Mapping[str, int],
) -> bytes:
    """A model file of one graph. Weights are copied once, at the very end: there are 23 MB of them."""
    graph: list[_Bytes] = []
    for node in nodes:
        graph += _message(1, _encoded_node(node))
    graph += _text(2, "graph")
    for tensor in constants:
        graph += _message(5, _encoded_tensor(tensor))
    for value in inputs:
        graph += _message(11, _encoded_value(value))
    for value in outputs:
        graph += _message(12, _encoded_value(value))
    model = _number(1, 9)  # the IR version of opset 19 and older
    for domain, version in opsets.items():
        model += _message(8, _text(1, domain) + _number(2, version))
    return b"".join(model + _message(7, graph))


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield key >> 3, value
        else:
            length, at = _length(message, at, kind)
            if at + length > len(message):
                raise ValueError("The model file ends in the middle of a field.")
            yield key >> 3, message[at : at + length]
            at += length


def _length(message: memoryview, at: int, kind: int) -> tuple[int, int]:
    if kind == _DELIMITED:
        return _varint(message, at)
    if kind == _FOUR_BYTES:
        return 4, at
    if kind == _EIGHT_BYTES:
        return 8, at
    raise ValueError(f"No model file: wire type {kind}.")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the top bit says that more follows
            return value, at
        shift += 7
    raise ValueError("The model file ends in the middle of a number.")


def _tensor(message: memoryview) -> Tensor:
    shape: list[int] = []
    data_type, name, raw = 0, "", memoryview(b"")
    for number, content in _fields(message):
        match number, content:
            case 1, int(dimension):
                shape.append(dimension)
            case 1, memoryview() as packed:
                shape.extend(_packed(packed))
            case 2, int(kind):
                data_type = kind
            case 8, memoryview() as text:
                name = bytes(text).decode()
            case 9, memoryview() as elements:
                raw = elements
    return Tensor(name=name, data_type=data_type, shape=tuple(shape), raw=raw)


def _packed(message: memoryview) -> Iterator[int]:
    at = 0
    while at < len(message):
        value, at = _varint(message, at)
        yield value


def _encoded_varint(value: int) -> bytes:
    value &= 0xFFFF_FFFF_FFFF_FFFF  # a negative number is written as its two's complement in 64 bits
    encoded = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _number(number: int, value: int) -> list[_Bytes]:
    return [_encoded_varint(number << 3 | _VARINT) + _encoded_varint(value)]


def _message(number: int, content: Sequence[_Bytes]) -> list[_Bytes]:
    length = sum(len(piece) for piece in content)
    return [_encoded_varint(number << 3 | _DELIMITED) + _encoded_varint(length), *content]


def _text(number: int, value: str) -> list[_Bytes]:
    return _message(number, [value.encode()])


def _encoded_tensor(tensor: Tensor) -> list[_Bytes]:
    shape = [piece for dimension in tensor.shape for piece in _number(1, dimension)]
    return shape + _number(2, tensor.data_type) + _text(8, tensor.name) + _message(9, [tensor.raw])


def _encoded_node(node: Node) -> list[_Bytes]:
    encoded: list[_Bytes] = []
    for name in node.inputs:
        encoded += _text(1, name)
    for name in node.outputs:
        encoded += _text(2, name)
    encoded += _text(3, node.outputs[0]) + _text(4, node.operator)
    for name, integer in node.integers.items():
        encoded += _message(5, _text(1, name) + _number(3, integer) + _number(20, 2))
    for name, real in node.floats.items():
        encoded += _message(5, _text(1, name) + _float(2, real) + _number(20, 1))
    return encoded + _text(7, node.domain)


def _float(number: int, value: float) -> list[_Bytes]:
    return [_encoded_varint(number << 3 | _FOUR_BYTES) + struct.pack("<f", value)]


def _encoded_value(value: Value) -> list[_Bytes]:
    dimensions: list[_Bytes] = []
    for dimension in value.shape:
        dimensions += _message(1, _number(1, dimension) if isinstance(dimension, int) else _text(2, dimension))
    tensor_type = _number(1, value.data_type) + _message(2, dimensions)
    return _text(1, value.name) + _message(2, _message(1, tensor_type))
