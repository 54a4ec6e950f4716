"""A small line drawn from figures: places in a picture of fixed size, for an SVG that carries no style of its own."""

from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 320, 120, 10  # units of the view box; EDGE leaves room for the dots


@dataclass(frozen=True)
class Chart:
    """`points` and `target` as (x, y); `line` is the polyline of the points; `level` the y of the comparison."""

    points: list[tuple[float, float]]
    target: tuple[float, float] | None
    level: float | None

    @property
    def line(self):
        return " ".join(f"{x},{y}" for x, y in self.points)

    @property
    def last(self):
        return self.points[-1]

    @property
    def aim(self):
        """The broken line from the last value to the target."""
        return f"{self.last[0]},{self.last[1]} {self.target[0]},{self.target[1]}" if self.target else ""


def chart(indicator):
    """The Chart of an indicator, or None with fewer than two points to draw, targets included."""
    rows, target = indicator.series, indicator.next_target
    ends = [*rows, *([(target.due_on, target.value)] if target else [])]
    if not rows or len(ends) < 2:
        return None
    days = [day.toordinal() for day, _value in ends]
    values = [float(value) for _day, value in ends]
    if indicator.comparator is not None:
        values.append(float(indicator.comparator))
    first, span = min(days), max(days) - min(days)
    low, high = min(0.0, *values) if indicator.unit == indicator.Unit.COUNT else min(values), max(values)

    def place(day, value):
        x = EDGE + (WIDTH - 2 * EDGE) * ((day.toordinal() - first) / span if span else 0.5)
        return round(x, 1), level(value)

    def level(value):
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * ((float(value) - low) / (high - low or 1)), 1)

    return Chart(
        points=[place(day, value) for day, value in rows],
        target=place(target.due_on, target.value) if target else None,
        level=None if indicator.comparator is None else level(indicator.comparator),
    )
