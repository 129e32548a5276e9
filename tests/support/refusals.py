"""Which refusal an act meets, named exactly: its kind, the field it points at, and words of its sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from stations.core.messages import Refusal


@contextmanager
def refused(kind: type[Refusal], field: str | None, saying: str = "") -> Iterator[None]:
    """What is done inside is refused with ``kind`` itself, on ``field`` (None: the form as a whole).

    ``saying``: words of its sentence, which tell it from the other refusals without a field.
    """
    with pytest.raises(Refusal) as caught:
        yield
    refusal = caught.value
    assert (type(refusal), refusal.field) == (kind, field), str(refusal)
    assert saying in str(refusal)
