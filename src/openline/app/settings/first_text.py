"""The text of a new node.toml, as `openline init` writes it."""

from openline.app.settings.circuits import Listener
from openline.app.settings.keys import SETTINGS, SOLE_TABLES, TABLES, Setting


def config_text(
    *, party: str, post: str, officer: str, language: str, listeners: tuple[Listener, ...]
) -> str:
    """The text of a new `node.toml`: every key, explained, the optional ones quiet."""
    given = {"party": party, "post": post, "officer": officer, "language": language}
    rows = [
        f"# The Openline node of {party}. Nothing else is read but the files beside this one.",
        "# `openline doctor` checks it; keys that are not known are refused.",
        "",
    ]
    for setting in SETTINGS:
        if not setting.table:
            rows += _explained(setting, given.get(setting.key))
    rows.pop()
    for table, says in TABLES.items():
        rows += ["", *_comment(says)]
        for setting in SETTINGS:
            if setting.table == table:
                rows += _comment(f"{setting.key}: {setting.says}")
        rows += _tables(table, listeners)
    return "\n".join(rows) + "\n"


def _tables(table: str, listeners: tuple[Listener, ...]) -> list[str]:
    if table == "listener" and listeners:
        return [
            row
            for listener in listeners
            for row in (
                "[[listener]]",
                f"circuit = {quoted(listener.circuit)}",
                f"host = {quoted(listener.host)}",
                f"port = {listener.port}",
            )
        ]
    rows = [f"# [{table}]" if table in SOLE_TABLES else f"# [[{table}]]"]
    rows += [f"# {item.key} = {item.example}" for item in SETTINGS if item.table == table]
    return rows


def _explained(setting: Setting, value: str | None) -> list[str]:
    if value is not None:
        return [*_comment(setting.says), f"{setting.key} = {quoted(value)}", ""]
    return [
        *_comment(f"{setting.says} Default: {setting.default}."),
        f"# {setting.key} = {setting.example}",
        "",
    ]


def _comment(text: str) -> list[str]:
    rows = [""]
    for word in text.split():
        if len(rows[-1]) + len(word) > 90:
            rows.append("")
        rows[-1] += f" {word}"
    return [f"#{row}" for row in rows]


def quoted(value: str) -> str:
    """A TOML basic string; control characters as escapes."""
    letters = []
    for letter in value:
        if letter in '"\\':
            letters.append("\\" + letter)
        elif ord(letter) < 0x20 or ord(letter) == 0x7F:
            letters.append(f"\\u{ord(letter):04X}")
        else:
            letters.append(letter)
    return '"' + "".join(letters) + '"'
