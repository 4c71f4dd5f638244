"""Roughly which browser somebody uses, so that they know their own in a list; nothing is decided by it."""

from __future__ import annotations

# What a browser calls itself, most telling first: nearly all claim to be Chrome and Safari, too.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def name_browser(user_agent: str) -> str | None:
    """Name browser and system, without versions, which would tell more than anybody needs."""
    found = [
        next((name for sign, name in names.items() if sign in user_agent), None)
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(one for one in found if one) or None
