"""Which cells must be hidden so that no hidden count can be narrowed down, and the attack that proves it.

Whoever attacks knows every shown count, that counts are whole and not negative, how they add up, and what earlier editions
told. A hidden cell is safe when all that is left possible covers its band: from nothing to the largest small count. The
attack asks for the widest change of each hidden cell (HiGHS, linear, then whole numbers). What falls short is a cut on the
next choice (Fischetti and Salazar): more must be hidden where the attack found its way. Cells cost what they are worth to
readers and never by their value, so that the choice tells nothing of it.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

Numbers = NDArray[np.float64]
Relation = Mapping[int, int]  # cell -> coefficient; what is told of true counts adds up to nothing

ROUNDS = 40
EXACT_ROUNDS = 4  # then what was chosen stays and is added to: dearer by a cell or two, and soon at its end
SECONDS = 5.0  # for one choice
LARGEST_PROGRAM = 20_000  # variables of one linear program of the attack
CLOSE = 1e-6


@dataclass(frozen=True)
class Cell:
    """A count; `limit` makes those from 1 to below it small. `least` and `most` are known of it whether it is hidden or not.

    What is never published, such as other diseases of a total, has no limit and `is_published` false. Whatever lies
    within a hidden cell (`within`) is hidden with it.
    """

    value: int
    limit: int = 0
    least: float = 0
    most: float = math.inf
    is_hidden: bool = False
    is_published: bool = True
    within: int | None = None
    cost: float = 1.0

    @property
    def is_small(self) -> bool:
        return 0 < self.value < self.limit

    @property
    def band(self) -> tuple[float, float]:
        """What must stay possible of it when it is hidden, as far as it was not told already."""
        return min(self.least, self.value), max(self.value, min(self.most, self.limit - 1))


@dataclass(frozen=True)
class Lattice:
    """Counts that are published together, and how they add up."""

    cells: Sequence[Cell]
    relations: Sequence[Relation]

    def hidden(self) -> frozenset[int]:
        """What is hidden by itself: small, hidden before, never published, or within such a one."""
        chosen = {number for number, cell in enumerate(self.cells) if is_hidden_alone(cell)}
        return frozenset(self.closed(chosen))

    def closed(self, chosen: Iterable[int]) -> set[int]:
        hidden = set(chosen)
        for number, cell in enumerate(self.cells):
            above = cell.within
            while above is not None and number not in hidden:
                if above in hidden:
                    hidden.add(number)
                above = self.cells[above].within
        return hidden


def is_hidden_alone(cell: Cell) -> bool:
    return cell.is_hidden or cell.is_small or not cell.is_published


@dataclass(frozen=True)
class Goal:
    """That a hidden cell may change by so much, up (1) or down (-1)."""

    cell: int
    way: int
    needed: float


@dataclass(frozen=True)
class Breach:
    """A goal that is out of reach, and what must be hidden for it: the weights of hidden cells reach `needed`."""

    cell: int
    weights: Mapping[int, float]
    needed: float


@dataclass(frozen=True)
class Part:
    """Hidden cells that hang together, and what ties them."""

    cells: tuple[int, ...]
    ties: tuple[int, ...]


@dataclass(frozen=True)
class Decision:
    """What to hide. Not `is_settled` when no choice was found: then all is hidden; not `is_safe` when even that still tells,
    by what was told before."""

    hidden: frozenset[int]
    is_safe: bool = True
    is_settled: bool = True


def decide(lattice: Lattice) -> Decision:
    """The cheapest set to hide that the attack finds no way into; all of it where none is found in time."""
    hidden, cuts = lattice.hidden(), list[Breach]()
    for number in range(ROUNDS):
        found = attack(lattice, hidden)
        if not found:
            return Decision(hidden)
        cuts += found
        chosen = choose(lattice, cuts, hidden if number >= EXACT_ROUNDS else lattice.hidden())
        if chosen is None or chosen == hidden:
            break
        hidden = chosen
    everything = frozenset(range(len(lattice.cells)))
    return Decision(everything, is_safe=not attack(lattice, everything), is_settled=False)


def choose(lattice: Lattice, cuts: Sequence[Breach], always: frozenset[int]) -> frozenset[int] | None:
    """The cheapest set around `always` that meets every cut; None where there is none, or none in time."""
    cells = lattice.cells
    least = np.array([float(number in always) for number in range(len(cells))])
    rules = _Rules(len(cells))
    for number, cell in enumerate(cells):
        if cell.within is not None:
            rules.add({number: 1.0, cell.within: -1.0}, 0)
    for relation in lattice.relations:
        for number in relation:
            if cells[number].is_published and not _is_told(cells[number]):
                others = {other: 1.0 for other in relation if other != number and not _is_told(cells[other])}
                rules.add({**others, number: -1.0}, 0)
    for cut in cuts:
        rules.add({**cut.weights, cut.cell: cut.weights.get(cut.cell, 0.0) - cut.needed}, 0)
    answer = milp(
        np.array([cell.cost for cell in cells]),
        constraints=rules.constraint(),
        bounds=Bounds(least, np.ones(len(cells))),
        integrality=np.ones(len(cells)),
        options={"time_limit": SECONDS},
    )
    if answer.x is None:
        return None
    return frozenset(lattice.closed(np.flatnonzero(answer.x > 0.5).tolist()))


def _is_told(cell: Cell) -> bool:
    return cell.least == cell.most


class _Rules:
    """Sums of hidden cells that must reach a bound."""

    def __init__(self, width: int) -> None:
        self._width, self._bounds = width, list[float]()
        self._entries: tuple[list[float], list[int], list[int]] = ([], [], [])

    def add(self, weights: Mapping[int, float], bound: float) -> None:
        values, rows, columns = self._entries
        for column, weight in weights.items():
            values.append(weight)
            rows.append(len(self._bounds))
            columns.append(column)
        self._bounds.append(bound - CLOSE)

    def constraint(self) -> LinearConstraint:
        values, rows, columns = self._entries
        matrix = csr_matrix((values, (rows, columns)), shape=(len(self._bounds), self._width))
        return LinearConstraint(matrix, np.array(self._bounds), np.inf)


class Proven:
    """Parts that the attack found no way into, each by a digest of all that the attack reads of it.

    What is the same needs no second proof; `standing` are those that were met again or proven since.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = frozenset(known)
        self.standing: set[str] = set()

    def knows(self, digest: str) -> bool:
        is_known = digest in self._known
        if is_known:
            self.standing.add(digest)
        return is_known


def attack(lattice: Lattice, hidden: frozenset[int], proven: Proven | None = None) -> list[Breach]:
    """The goals of hidden cells that whoever attacks can rule out. Where one sum is all that ties, it is plain which."""
    memory, tried = proven or Proven(), list[tuple[str, Part]]()
    found = [breach for programs in _batches(lattice, hidden, memory, tried) for breach in _solve(lattice, programs)]
    broken = {one.cell for one in found}
    refuted = {digest for digest, part in tried if not broken.isdisjoint(part.cells)}
    memory.standing |= {digest for digest, _ in tried} - refuted
    return found


def digest_of(lattice: Lattice, part: Part) -> str:
    """The same for parts of the same numbers and ties, wherever they are."""
    place = {number: at for at, number in enumerate(part.cells)}
    cells = [lattice.cells[number] for number in part.cells]
    numbers = [(cell.value, cell.limit, cell.least, cell.most, cell.is_published) for cell in cells]
    ties = [
        sorted((place[number], factor) for number, factor in lattice.relations[tie].items() if number in place)
        for tie in part.ties
    ]
    return hashlib.sha256(repr((numbers, ties)).encode()).hexdigest()


@dataclass(frozen=True)
class _Program:
    """One goal over one part; many are solved as one."""

    part: Part
    goal: Goal


def _batches(
    lattice: Lattice, hidden: frozenset[int], proven: Proven, tried: list[tuple[str, Part]]
) -> Iterator[list[_Program]]:
    batch, size = list[_Program](), 0
    for part in parts_of(lattice, hidden):
        programs = _programs(lattice, part)
        if programs and not proven.knows(digest := digest_of(lattice, part)):
            tried.append((digest, part))
            batch += programs
            size += len(part.cells) * len(programs)
        if size > LARGEST_PROGRAM:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _programs(lattice: Lattice, part: Part) -> list[_Program]:
    goals = (goal for number in part.cells for goal in goals_of(lattice.cells[number], number))
    return [_Program(part, goal) for goal in goals if not _is_plain(lattice, part, goal)]


def _is_plain(lattice: Lattice, part: Part, goal: Goal) -> bool:
    """Whether the goal is within reach for certain: of one sum the others together give what this one takes."""
    if len(part.ties) > 1:
        return False
    room = math.inf
    for tie in part.ties:
        relation = lattice.relations[tie]
        room = 0.0
        for number in part.cells:
            if number != goal.cell:
                cell = lattice.cells[number]
                is_down = relation[number] * relation[goal.cell] * goal.way > 0
                room += max(0.0, cell.value - cell.least if is_down else cell.most - cell.value)
    cell = lattice.cells[goal.cell]
    return min(room, cell.most - cell.value if goal.way > 0 else cell.value - cell.least) >= goal.needed


def goals_of(cell: Cell, number: int) -> list[Goal]:
    if not cell.is_published:
        return []
    least, most = cell.band
    goals = (Goal(number, 1, most - cell.value), Goal(number, -1, cell.value - least))
    return [goal for goal in goals if goal.needed > 0]


def parts_of(lattice: Lattice, hidden: frozenset[int]) -> list[Part]:
    """Hidden cells in one part hang together by relations; what is shown cuts them apart."""
    leader = {number: number for number in hidden}

    def find(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    ties = [(tie, [one for one in relation if one in hidden]) for tie, relation in enumerate(lattice.relations)]
    for _, members in ties:
        for member in members[1:]:
            leader[find(member)] = find(members[0])
    cells, tied = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for number in sorted(hidden):
        cells[find(number)].append(number)
    for tie, members in ties:
        if members:
            tied[find(members[0])].append(tie)
    return [Part(tuple(members), tuple(tied[first])) for first, members in cells.items()]


@dataclass
class _Stack:
    """Programs side by side as one: the columns and rows of one begin where those of the one before it end."""

    lattice: Lattice
    width: int = 0
    height: int = 0
    costs: list[float] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    entries: tuple[list[int], list[int], list[int]] = field(default_factory=lambda: ([], [], []))

    def add(self, program: _Program) -> None:
        cells, goal = self.lattice.cells, program.goal
        place = {number: self.width + at for at, number in enumerate(program.part.cells)}
        for number in program.part.cells:
            cell, is_goal = cells[number], number == goal.cell
            self.costs.append(float(-goal.way if is_goal else 0))
            self.least.append(-goal.needed if is_goal and goal.way < 0 else min(0.0, cell.least - cell.value))
            self.most.append(goal.needed if is_goal and goal.way > 0 else max(0.0, cell.most - cell.value))
        values, rows, columns = self.entries
        for row, tie in enumerate(program.part.ties, start=self.height):
            for number, factor in self.lattice.relations[tie].items():
                if number in place:
                    values.append(factor)
                    rows.append(row)
                    columns.append(place[number])
        self.width += len(program.part.cells)
        self.height += len(program.part.ties)

    def matrix(self) -> csr_matrix:
        values, rows, columns = self.entries
        return csr_matrix((values, (rows, columns)), shape=(self.height, self.width))


def _solve(lattice: Lattice, programs: Sequence[_Program]) -> list[Breach]:
    stack = _Stack(lattice)
    for program in programs:
        stack.add(program)
    bounds = np.column_stack([stack.least, stack.most])
    ties = {"A_eq": stack.matrix(), "b_eq": np.zeros(stack.height)} if stack.height else {}
    answer = linprog(np.array(stack.costs), bounds=bounds, method="highs", **ties)
    if answer.x is None:
        raise ArithmeticError(f"The attack on hidden cells has no answer: {answer.message}")
    prices: Numbers = answer.eqlin.marginals if stack.height else np.zeros(0)
    found, column, row = list[Breach](), 0, 0
    for program in programs:
        part = program.part
        change = answer.x[column : column + len(part.cells)]
        price = dict(zip(part.ties, prices[row : row + len(part.ties)].tolist(), strict=True))
        column, row = column + len(part.cells), row + len(part.ties)
        breach = _judge(lattice, program, change, price)
        if breach is not None:
            found.append(breach)
    return found


def _judge(lattice: Lattice, program: _Program, change: Numbers, price: Mapping[int, float]) -> Breach | None:
    goal = program.goal
    reached = goal.way * change[program.part.cells.index(goal.cell)]
    if reached < goal.needed - CLOSE:
        return cut(lattice, goal, price)
    is_whole = bool(np.all(np.abs(change - np.round(change)) < CLOSE))
    if is_whole or _is_reached_by_whole_numbers(lattice, program):
        return None
    others = set(range(len(lattice.cells))) - set(program.part.cells)
    return Breach(goal.cell, dict.fromkeys(others, goal.needed), goal.needed)


def cut(lattice: Lattice, goal: Goal, price: Mapping[int, float]) -> Breach:
    """By duality no choice reaches the goal in which the weighted hidden cells do not: so much can each of them give."""
    slope: dict[int, float] = defaultdict(float, {goal.cell: 1.0})
    for tie, worth in price.items():
        for number, factor in lattice.relations[tie].items():
            slope[number] += goal.way * worth * factor
    weights = {}
    for number, steepness in slope.items():
        cell = lattice.cells[number]
        is_up = (steepness > 0) == (goal.way > 0)
        room = cell.most - cell.value if is_up else cell.value - cell.least
        if abs(steepness) > CLOSE and room > 0:
            weights[number] = min(goal.needed, abs(steepness) * room)
    return Breach(goal.cell, weights, goal.needed)


def _is_reached_by_whole_numbers(lattice: Lattice, program: _Program) -> bool:
    stack = _Stack(lattice)
    stack.add(program)
    answer = milp(
        np.array(stack.costs),
        constraints=LinearConstraint(stack.matrix(), 0, 0),
        bounds=Bounds(np.array(stack.least), np.array(stack.most)),
        integrality=np.ones(stack.width),
        options={"time_limit": SECONDS},
    )
    return answer.x is not None and -answer.fun >= program.goal.needed - CLOSE


def ranges(lattice: Lattice, hidden: frozenset[int], *, is_whole: bool) -> dict[int, tuple[float, float]]:
    """The least and the most that each hidden cell can be: the plain attack, one program for each end, to check the other by."""
    found = {}
    for part in parts_of(lattice, hidden):
        for number in part.cells:
            if lattice.cells[number].is_published:
                found[number] = _end(lattice, part, number, -1, is_whole), _end(lattice, part, number, 1, is_whole)
    return found


def _end(lattice: Lattice, part: Part, number: int, way: int, is_whole: bool) -> float:
    stack = _Stack(lattice)
    stack.add(_Program(part, Goal(number, way, 10**6)))
    least, most = np.array(stack.least), np.array(stack.most)
    at, cell = part.cells.index(number), lattice.cells[number]
    least[at], most[at] = max(cell.least - cell.value, -1e6), min(cell.most - cell.value, 1e6)
    rules = LinearConstraint(stack.matrix(), 0, 0) if stack.height else None
    whole = np.full(stack.width, float(is_whole))
    answer = milp(np.array(stack.costs), constraints=rules, bounds=Bounds(least, most), integrality=whole)
    if answer.x is None:
        raise ArithmeticError(f"The attack on one hidden cell has no answer: {answer.message}")
    return float(cell.value - way * answer.fun)
