"""The shape of a tree of teams: pure rules, without the database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

DEEPEST = 6
"""Levels of teams, the top one counted."""


@dataclass(frozen=True, slots=True)
class Node:
    """A team as the tree knows it."""

    id: UUID
    parent_id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A team at its place: 0 is the top level."""

    node: Node
    level: int


def in_order(nodes: Iterable[Node]) -> list[Branch]:
    """Each team under its parent, sisters in the order given; a team whose parent is not among
    them stands at the top."""
    known = list(nodes)
    ids = {node.id for node in known}
    below: dict[UUID | None, list[Node]] = defaultdict(list)
    for node in known:
        below[node.parent_id if node.parent_id in ids else None].append(node)
    ordered: list[Branch] = []
    waiting = [Branch(node, 0) for node in reversed(below[None])]
    while waiting:
        branch = waiting.pop()
        ordered.append(branch)
        waiting += [Branch(node, branch.level + 1) for node in reversed(below[branch.node.id])]
    return ordered


def subtree(ordered: Sequence[Branch], team_id: UUID) -> list[Branch]:
    """A team and those under it, out of a tree in order; empty for a team that is not in it."""
    start = next((n for n, branch in enumerate(ordered) if branch.node.id == team_id), None)
    if start is None:
        return []
    level = ordered[start].level
    end = start + 1
    while end < len(ordered) and ordered[end].level > level:
        end += 1
    return list(ordered[start:end])


def parents(ordered: Sequence[Branch], moved: UUID | None) -> list[Branch]:
    """The teams under which a team with all that is under it (None: a new one) may stand.

    Not under itself, and nothing of it deeper than DEEPEST levels.
    """
    carried = subtree(ordered, moved) if moved else []
    inside = {branch.node.id for branch in carried}
    height = max((b.level for b in carried), default=0) - (carried[0].level if carried else 0)
    return [b for b in ordered if b.node.id not in inside and b.level + 1 + height < DEEPEST]
