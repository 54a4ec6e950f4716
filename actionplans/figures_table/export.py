"""Figures of groups as a table to take away, and a template to write new ones into."""

from programmes.imports.known import Known

from .columns import Line, by_figure, indicators


def rows(user, groups, table):
    """[[text]]: headings, then every figure of the groups with its parts below it, oldest first."""
    return _written((line for indicator in indicators(user, groups) for line in _lines(indicator)), table)


def template(user, groups, table):
    """[[text]]: headings, and a row for each indicator to write a figure into."""
    return _written((Line(indicator) for indicator in indicators(user, groups)), table)


def _lines(indicator):
    parts = by_figure(indicator)
    for figure in sorted(indicator.values.all(), key=lambda value: value.measured_on):
        yield Line(indicator, figure)
        for part in parts[figure.pk]:
            yield Line(indicator, figure, part)


def _written(lines, table):
    known = Known(None)
    columns = table.columns()
    cells_of = ([column.show(line, known) for column in columns] for line in lines)
    return [[column.heading for column in columns], *cells_of]
