"""A report is one HTML file that needs nothing but a browser."""

import html

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #0f172a; max-width: 900px; margin: 2rem auto; padding: 0 1rem }
h1 small { display: block; font-size: 1rem; color: #64748b; font-weight: normal }
.good { color: #15803d } .bad { color: #b91c1c } .legend { color: #475569; font-size: 13px; margin: .5rem 0 0 }
table { border-collapse: collapse; width: 100%; font-size: 13px } td, th { text-align: left; padding: 3px 8px; border-bottom: 1px solid #e2e8f0; vertical-align: top }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; color: #64748b } details { margin-top: 1rem }
svg { width: 100%; height: auto }
"""


def document(title: str, body: str) -> str:
    return f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title><style>{STYLE}</style><body>{body}</body></html>"
