"""Saying what of a payload does not fit, without repeating it: it is somebody's text."""

from pydantic import ValidationError

_SHOWN_FAULTS = 3
_SHOWN_CHARS = 300


def explained(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)[:_SHOWN_CHARS]
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    parts = [f"{'.'.join(map(str, fault['loc'])) or 'record'}: {fault['msg']}" for fault in faults[:_SHOWN_FAULTS]]
    more = len(faults) - len(parts)
    return ("; ".join(parts) + (f"; and {more} more" if more else ""))[:_SHOWN_CHARS]
