"""Completion of the command line in a shell: names of commands, kinds, keys and values."""

from __future__ import annotations

from collections.abc import Sequence

SCRIPTS = {
    "bash": """\
_remesa() {
    local line="${COMP_LINE:0:$COMP_POINT}" found
    found=$(remesa --complete "$line" 2>/dev/null)
    local word="${line##* }" cut=""
    # bash takes a word apart at = and :, so what stands before is taken off each answer
    [[ "$word" == *[=:]* ]] && cut="${word%"${word##*[=:]}"}"
    local IFS=$'\\n' one
    COMPREPLY=()
    for one in $found; do COMPREPLY+=("${one#"$cut"}"); done
    [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *[=.,[] ]] && compopt -o nospace
    [[ "$found" == *[=.] ]] && compopt -o nospace
}
complete -F _remesa remesa""",
    "zsh": """\
_remesa() {
    local -a found
    found=("${(@f)$(remesa --complete "${BUFFER[1,$CURSOR]}" 2>/dev/null)}")
    compadd -Q -S '' -- $found
}
compdef _remesa remesa""",
    "fish": """\
complete -c remesa -f -a '(remesa --complete (commandline -cp) 2>/dev/null)'""",
}


def script(arguments: Sequence[str]) -> str:
    """The script that a shell evaluates once."""
    shell = arguments[0] if arguments else "bash"
    if shell not in SCRIPTS:
        from analysis.talk import CommandError

        raise CommandError(f"no completion for {shell!r}; allowed: {', '.join(SCRIPTS)}")
    return SCRIPTS[shell]


def complete(arguments: Sequence[str]) -> list[str]:
    """Words that may stand where the line so far ends."""
    from analysis.catalogue import KINDS
    from analysis.command import COMMANDS, parser

    words = (arguments[0] if arguments else "").split(" ")
    before, word = [one for one in words[1:-1] if one], words[-1]
    if not before:
        options = [*COMMANDS, "--help", "--version"]
    elif before[0] not in COMMANDS:
        return []
    elif word.startswith("-"):
        options = [text for action in parser(before[0])._actions for text in action.option_strings]
    elif before[0] == "list":
        options = list(KINDS)
    elif before[0] == "show":
        from analysis.catalogue import listed

        options = ["schedule", *(item["name"] for kind in KINDS for item in listed(kind))]
    elif before[0] in ("run", "compare", "demo"):
        options = keys(word, before)
    else:
        return []
    return sorted({one for one in options if one.startswith(word)})


def keys(word: str, before: Sequence[str]) -> list[str]:
    """`key=` and, after the equals sign, the names that may follow."""
    from scenarios import library
    from scenarios.configuration import GROUPS, RUN_KEYS, defaults

    key, equals, value = word.partition("=")
    kinds = {
        "territory": "territories",
        "case": "cases",
        "baseline": "cases",
        "policies": "policies",
        "shocks": "shocks",
    }
    if equals:
        if key not in kinds:
            return []
        names = library.names(kinds[key])
        if key in ("policies", "shocks"):
            stem, comma, _ = value.removeprefix("[").rpartition(",")
            taken = stem.split(",")
            return [f"{key}=[{stem}{comma}{name}" for name in names if name not in taken]
        return [f"{key}={name}" for name in names]
    options = [f"{name}=" for name in (*GROUPS, *RUN_KEYS, *(["baseline"] if before[0] == "compare" else []))]
    if not word.startswith(("parameters.", "territory.", "policies.", "shocks.")):
        return [*options, "parameters."]
    kind = word.partition(".")[0]
    if kind == "parameters":
        tree = defaults()
        inside = word.split(".")[1]
        if word.count(".") > 1 and inside in tree:
            return [f"parameters.{inside}.{name}=" for name in tree[inside]]
        return [f"parameters.{line}." for line in tree]
    if kind == "territory":
        from dataclasses import fields

        from sim.territory import Inputs

        return [f"territory.{field.name}=" for field in fields(Inputs) if "expected" in field.metadata]
    chosen = [
        name for one in before if one.startswith(f"{kind}=") for name in one.partition("=")[2].strip("[]").split(",")
    ]
    inside = word.split(".")[1]
    if word.count(".") > 1 and inside in library.names(kind):
        return [
            f"{kind}.{inside}.{key}="
            for key in library.load(kind, inside)
            if key not in ("title", "summary", "evidence")
        ]
    return [f"{kind}.{name}." for name in chosen if name]
