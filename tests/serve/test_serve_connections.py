"""How many connections there may be, and who gives way when there is no room for another."""

from __future__ import annotations

import pytest

from copydesk.serve import ConnectionLimits, Connections, limit_connections, trust


class Line:
    """A connection that notes that it was ended."""

    def __init__(self, connections: Connections, client: str = "203.0.113.1") -> None:
        self.held_for = client
        self.deadline: float | None = None
        self.is_over = False
        self._connections = connections

    def end(self) -> None:
        """Note it, and leave."""
        self.is_over = True
        self._connections.leave(self)


def connections_for(in_all: int, an_address: int = 99) -> Connections:
    return Connections(ConnectionLimits(in_all=in_all, an_address=an_address))


def admit_each(connections: Connections, count: int) -> list[Line]:
    lines = [Line(connections) for _ in range(count)]
    assert all(connections.admit(line) for line in lines)
    return lines


def test_while_there_is_room_nobody_gives_way() -> None:
    connections = connections_for(3)

    lines = admit_each(connections, 3)

    assert 3 == len(connections)
    assert not any(line.is_over for line in lines)


def test_where_all_places_are_taken_the_oldest_without_a_head_gives_way() -> None:
    connections = connections_for(3)
    first, second, third = admit_each(connections, 3)
    connections.let_work(first)

    assert connections.admit(Line(connections))

    assert [False, True, False] == [line.is_over for line in (first, second, third)]
    assert (3, 1, 0) == (len(connections), connections.gave_way, connections.refused)


def test_one_that_waits_for_its_next_request_is_as_young_as_that_wait() -> None:
    connections = connections_for(2)
    first, second = admit_each(connections, 2)
    connections.let_work(first)
    connections.wait_for_head(first)

    connections.admit(Line(connections))

    assert [False, True] == [first.is_over, second.is_over]


def test_who_sends_no_body_or_takes_no_answer_gives_way_after_those_without_a_head() -> None:
    connections = connections_for(2)
    first, second = admit_each(connections, 2)
    connections.wait_for_client(first)
    connections.let_work(second)

    assert connections.admit(Line(connections))
    assert first.is_over
    assert not second.is_over


def test_where_all_wait_for_us_a_newcomer_is_refused() -> None:
    connections = connections_for(2)
    for line in admit_each(connections, 2):
        connections.let_work(line)

    assert not connections.admit(Line(connections))
    assert (2, 1) == (len(connections), connections.refused)


def test_a_client_has_its_share_and_no_more() -> None:
    connections = connections_for(9, an_address=2)
    first, _ = admit_each(connections, 2)

    assert not connections.admit(Line(connections))
    assert connections.admit(Line(connections, "203.0.113.2"))
    first.end()
    assert connections.admit(Line(connections))


def test_a_trusted_client_has_any_number() -> None:
    limits = ConnectionLimits(in_all=9, an_address=1)
    connections = Connections(limits, {"203.0.113.1"}.__contains__)

    admit_each(connections, 5)

    assert 5 == len(connections)


def test_a_client_is_an_address_or_a_network_of_ipv6_unless_it_is_trusted() -> None:
    connections = Connections(ConnectionLimits(), trust(["2001:db8::7", "203.0.113.0/24"]))

    assert "2001:db8::7" == connections.name_client("2001:db8::7")
    assert "203.0.113.9" == connections.name_client("203.0.113.9")
    assert connections.name_client("2001:db8::8") == connections.name_client("2001:db8::9")


def test_who_takes_anothers_place_counts_once() -> None:
    connections = connections_for(9, an_address=1)
    (newcomer,) = admit_each(connections, 1)
    protocol = Line(connections)

    connections.take_over(newcomer, protocol)
    newcomer.end()
    protocol.end()
    protocol.end()

    assert 0 == len(connections)
    admit_each(connections, 1)


def test_one_that_left_is_not_held_again() -> None:
    connections = connections_for(9)
    (line,) = admit_each(connections, 1)
    line.end()

    connections.wait_for_head(line)

    assert 0 == len(connections)


def test_deadlines_end_what_outran_them_and_nothing_else() -> None:
    connections = connections_for(9)
    late, early, endless = admit_each(connections, 3)
    late.deadline, early.deadline = 10.0, 20.0

    connections.end_overdue(15.0)

    assert [True, False, False] == [line.is_over for line in (late, early, endless)]


@pytest.mark.parametrize(
    ("descriptors", "in_all", "an_address"),
    [(1_024, 896, 224), (256, 128, 32), (64, 32, 8), (20_000, 10_000, 2_500)],
)
def test_descriptors_are_kept_for_files_and_stores(
    descriptors: int, in_all: int, an_address: int
) -> None:
    limits = limit_connections(descriptors)

    assert (in_all, an_address) == (limits.in_all, limits.an_address)
