"""Models are written and read as ONNX's own format has it."""

import pytest

from adapters.embedders.onnx_wire import FLOAT, INT8, INT64, Node, Tensor, Value, initializers, serialised

WEIGHTS = Tensor(name="weights", data_type=INT8, shape=(2, 300), raw=bytes(600))
SCALE = Tensor(name="scale", data_type=FLOAT, shape=(), raw=b"\x00\x00\x80\x3f")
NODE = Node(operator="Gather", inputs=("weights", "x"), outputs=("y",), integers={"axis": -1}, floats={"epsilon": 0.5})


def model() -> bytes:
    return serialised(
        nodes=[NODE],
        constants=[WEIGHTS, SCALE],
        inputs=[Value(name="x", data_type=INT64, shape=("texts", 3))],
        outputs=[Value(name="y", data_type=FLOAT, shape=(1,))],
        opsets={"": 17},
    )


def test_constants_are_read_as_they_were_written() -> None:
    found = [(tensor.name, tensor.data_type, tensor.shape, bytes(tensor.raw)) for tensor in initializers(model())]
    assert found == [(one.name, one.data_type, one.shape, bytes(one.raw)) for one in (WEIGHTS, SCALE)]


def test_shapes_may_be_packed_or_not() -> None:
    packed = b"\x0a\x03\x02\xac\x02\x10\x03"  # dims: 2, 300; data_type: INT8
    graph = b"\x2a" + bytes([len(packed)]) + packed
    (tensor,) = initializers(b"\x3a" + bytes([len(graph)]) + graph)
    assert (tensor.shape, tensor.data_type) == ((2, 300), INT8)


def test_fixed_width_fields_are_passed_over() -> None:
    assert list(initializers(b"\x4d\x00\x00\x00\x00\x49\x00\x00\x00\x00\x00\x00\x00\x00")) == []


@pytest.mark.parametrize("broken", [b"\x3a\x7fshort", b"\x0b", b"\xff"])
def test_what_is_no_model_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="model file"):
        list(initializers(broken))
