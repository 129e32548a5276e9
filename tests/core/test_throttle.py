"""How often somebody is answered."""

from hypothesis import given
from hypothesis import strategies as st

from stations.core import throttle
from stations.core.throttle import Throttle


def test_as_many_as_allowed_at_once_and_then_one_each_interval():
    door = Throttle(3, 30.0)
    assert [door.wait("a", 100.0) for _ in range(4)] == [0, 0, 0, 10]
    assert door.wait("b", 100.0) == 0, "everybody has their own"
    assert door.wait("a", 109.0) == 1
    assert door.wait("a", 110.0) == 0
    assert door.wait("a", 110.0) == 10


def test_after_a_rest_all_are_free_again():
    door = Throttle(3, 30.0)
    assert [door.wait("a", 0.0) for _ in range(3)] == [0, 0, 0]
    assert [door.wait("a", 1_000.0) for _ in range(4)] == [0, 0, 0, 10]


@given(st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_never_more_than_twice_as_many_in_any_such_time(pauses: list[float]):
    door, now, taken = Throttle(5, 10.0), 0.0, []
    for pause in pauses:
        now += pause
        if door.wait("a", now) == 0:
            taken.append(now)
    assert all(sum(start <= at < start + 10.0 for at in taken) <= 10 for start in taken)


def test_what_is_kept_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(throttle, "_KEPT", 10)
    door = Throttle(1, 10.0)
    for n in range(100):
        door.wait(f"stranger {n}", 0.0)
    assert len(door._free_at) <= 10
    full = Throttle(1, 10.0)
    assert full.wait("a", 0.0) == 0
    for n in range(9):
        full.wait(f"old {n}", -100.0)
    assert full.wait("new", 1.0) == 0
    assert full.wait("a", 1.0) == 9, "who still has to wait is not forgotten"
