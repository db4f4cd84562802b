"""Small SVG plots, written by hand so that a report needs nothing but a browser."""

import html

WIDTH, HEIGHT = 860, 240
LEFT, RIGHT, TOP, BOTTOM = 60, 16, 16, 36
COLOURS = ["#2563eb", "#f97316", "#16a34a", "#a855f7", "#64748b", "#dc2626", "#0891b2", "#ca8a04"]


def text(x: float, y: float, words: str, anchor: str = "middle", size: int = 11, colour: str = "#475569") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{html.escape(words)}</text>'


def frame(body: str, height: int = HEIGHT) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" font-family="system-ui, sans-serif">{body}</svg>'


def horizontal(t: float, low: float, high: float) -> float:
    return LEFT + (t - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)


def vertical(v: float, high: float, height: int = HEIGHT) -> float:
    return height - BOTTOM - v / (high or 1) * (height - TOP - BOTTOM)


def grid(high: float, unit: str = "") -> str:
    out = ""
    for part in range(5):
        value = high * part / 4
        y = vertical(value, high)
        out += f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e2e8f0"/>' + text(LEFT - 6, y + 4, f"{value:.3g}{unit}", "end")
    return out


def minutes(low: float, high: float) -> str:
    out, step = "", max(1, round((high - low) / 60 / 8))
    for minute in range(0, int((high - low) / 60) + 1, step):
        out += text(horizontal(low + 60 * minute, low, high), HEIGHT - 16, f"{minute} min")
    return out


def stacked(series: dict[str, list[tuple[float, float]]], low: float, high: float) -> str:
    """Bars over time, one colour a series; points of all series share their times."""
    totals: dict[float, float] = {}
    for points in series.values():
        for when, value in points:
            totals[when] = totals.get(when, 0) + value
    top = max(totals.values(), default=1)
    base = dict.fromkeys(totals, 0.0)
    body = grid(top) + minutes(low, high)
    wide = max(1.0, (WIDTH - LEFT - RIGHT) / max(1.0, high - low))
    for colour, (name, points) in zip(COLOURS, series.items()):
        for when, value in points:
            y1, y0 = vertical(base[when] + value, top), vertical(base[when], top)
            base[when] += value
            body += f'<rect x="{horizontal(when, low, high):.1f}" y="{y1:.1f}" width="{wide:.2f}" height="{y0 - y1:.1f}" fill="{colour}"/>'
    return legend(list(series)) + frame(body)


def lines(series: dict[str, list[tuple[float, float]]], low: float, high: float) -> str:
    """One line a series over time, all against one axis from zero."""
    top = max((value for points in series.values() for _, value in points), default=1)
    body = grid(top) + minutes(low, high)
    for colour, points in zip(COLOURS, series.values()):
        path = " ".join(f"{horizontal(when, low, high):.1f},{vertical(value, top):.1f}" for when, value in points)
        body += f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    return legend(list(series)) + frame(body)


def legend(names: list[str]) -> str:
    return "<p class=legend>" + " ".join(f'<span style="color:{colour}">■</span> {html.escape(name)}' for colour, name in zip(COLOURS, names)) + "</p>"


def bars(pairs: dict[str, tuple[float, float | None]], threshold: float, names: tuple[str, str]) -> str:
    """Two bars for each name, and the threshold as a line."""
    top = max([threshold * 1.2] + [max(a, b or 0) for a, b in pairs.values()])
    step = (WIDTH - LEFT - RIGHT) / max(1, len(pairs))
    body = grid(top)
    for i, (name, values) in enumerate(pairs.items()):
        for side, (value, colour) in enumerate(zip(values, COLOURS)):
            if value is None:
                continue
            x, y = LEFT + i * step + step * (0.1 + 0.4 * side), vertical(value, top)
            body += f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * 0.38:.1f}" height="{HEIGHT - BOTTOM - y:.1f}" fill="{colour}"/>'
        body += text(LEFT + (i + 0.5) * step, HEIGHT - 18, name, size=9)
    y = vertical(threshold, top)
    body += f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dc2626" stroke-dasharray="5 4"/>'
    return legend(list(names)) + frame(body)


def dots(points: list[tuple[str, float]]) -> str:
    """One dot a name, and the best so far as a line."""
    low, high = min(v for _, v in points), max(v for _, v in points)
    low -= (high - low) * 0.2 + 1e-6
    step = (WIDTH - LEFT - RIGHT) / len(points)
    body, best, path = "", low, ""
    for part in range(5):
        value = low + (high - low) * part / 4
        y = vertical(value - low, high - low)
        body += f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e2e8f0"/>' + text(LEFT - 6, y + 4, f"{value:.4f}", "end")
    for i, (name, value) in enumerate(points):
        x, best = LEFT + (i + 0.5) * step, max(best, value)
        path += f"{'L' if path else 'M'}{x:.1f} {vertical(best - low, high - low):.1f}"
        body += f'<circle cx="{x:.1f}" cy="{vertical(value - low, high - low):.1f}" r="5" fill="{COLOURS[0]}"/>' + text(x, HEIGHT - 18, name, size=10)
    return frame(f'<path d="{path}" fill="none" stroke="{COLOURS[1]}" stroke-width="2"/>' + body)


def spans(rows: list[tuple[str, float, float, str]], low: float, high: float) -> str:
    """One labelled bar a row, from when to when."""
    line = 22
    height = TOP + BOTTOM + line * len(rows)
    body = ""
    for i, (name, begun, ended, colour) in enumerate(rows):
        x, y = horizontal(begun, low, high), TOP + i * line
        wide = max(2.0, horizontal(ended, low, high) - x)
        body += f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{line - 6}" rx="3" fill="{colour}"/>'
        inside = x > WIDTH / 2
        body += text(x - 6 if inside else x + wide + 6, y + 12, name, "end" if inside else "start", 12, "#0f172a")
    return frame(body, height)
