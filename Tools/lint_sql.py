"""Finds SQL that could be made of anything but fixed text.

    python3 Tools/lint_sql.py FOLDER...

Looks, in every Swift file of a module that imports PostgreSQL, and of that module itself, at

* `Statement(name, sql)` and `.init(name, sql)` where a `Statement` is declared;
* `connection.execute(sql)`;
* `PQexec`, `PQprepare` and their like, which may stand in `PostgreSQL/Connection.swift` alone.

The text is a string literal, several joined by `+`, or the name of a constant that is one. An interpolation in it names

* a `static let`, or a `let` in the same block, whose value is itself such text or a whole number;
* a `case` of an enumeration and its `rawValue`, where the case and its value are in the source;
* a parameter, or a stored property, of type `StaticString`, which the compiler gives nothing but literals.

Whatever else is needed stands in ALLOWED with its reason. Prints `file:line: what is wrong; what would be right` for each
breach and exits with 1; with 2 if it was called wrongly.
"""

import re
import sys
from pathlib import Path

# (end of the path, expression as it stands in the source) -> why no user's text can be in it.
ALLOWED = {
    ("Benchmarks/PrivateCluster+Measuring.swift", "name"):
        "one of three names of settings, which stand in the line above",
    ("Benchmarks/PrivateCluster+Measuring.swift", "seconds"): "an Int of the benchmark's",
    ("Benchmarks/LedgerBenchmark.swift", "accounts"): "an Int of the benchmark's",
    ("Benchmarks/LedgerBenchmark.swift", "accounts + 1"): "an Int of the benchmark's",
    ("Schema/Migrations.swift", "String(decoding: file.sql, as: UTF8.self)"):
        "a migration's text, which is compiled in",
    ("Schema/Migrations.swift", "index + 1"): "an Int that counts the migrations",
    ("Schema/Migrations.swift", "file.name"): "a migration's name, which is compiled in",
    ("Schema/Migrations.swift", "hex"): "hexadecimal digits of a checksum",
    ("PostgreSQL/Cluster/PrivateCluster.swift", "name"):
        "a database's name, which no parameter can stand for; names are the operator's",
    ("PostgreSQL/Cluster/PrivateCluster.swift", "template"): "as the name beside it",
}

RIGHT = ("what varies is a parameter ($1, $2 …); what does not is a string literal or a `static let` of one; "
         "what is neither stands in ALLOWED of Tools/lint_sql.py with its reason")
LIBPQ = re.compile(r"\bPQ(?:exec|prepare|sendQuery|sendPrepare|execParams|sendQueryParams)\s*\(")
LITERAL = "\x01"
NAME = r"[A-Za-z_]\w*"
OPENING = re.compile(r'(#*)("""|")')
NEXT = re.compile(r'//|/\*|#*"')


class Literal:
    """A string literal: where it stands, and the expressions in it, each with its place."""

    def __init__(self, start, end, parts):
        self.start, self.end, self.parts = start, end, parts


def scan(text):
    """Returns the source with comments blanked and literals masked, of the same length, and the literals by start."""
    out = list(text)
    literals = {}
    index = 0

    def blank(start, end, filler=" "):
        for at in range(start, end):
            if out[at] != "\n" or filler == LITERAL:
                out[at] = filler

    while found := NEXT.search(text, index):
        index = found.start()
        two = text[index:index + 2]
        opening = OPENING.match(text, index)
        if two == "//":
            end = text.find("\n", index)
            end = len(text) if end < 0 else end
            blank(index, end)
            index = end
        elif two == "/*":
            depth, end = 1, index + 2
            while end < len(text) and depth:
                if text.startswith("/*", end):
                    depth, end = depth + 1, end + 2
                elif text.startswith("*/", end):
                    depth, end = depth - 1, end + 2
                else:
                    end += 1
            blank(index, end)
            index = end
        else:
            end, parts = string_end(text, opening.end(), opening[1], opening[2])
            literals[index] = Literal(index, end, parts)
            blank(index, end, LITERAL)
            index = end
    return "".join(out), literals


def string_end(text, index, hashes, quote):
    """Where a literal ends whose text begins at `index`, and the interpolations in it as (place, expression)."""
    parts = []
    escape = "\\" + hashes
    while index < len(text):
        if text.startswith(escape + "(", index):
            start = index + len(escape) + 1
            index = closing(text, start)
            parts.append((start, text[start:index]))
            index += 1
        elif text.startswith(escape, index):
            index += len(escape) + 1
        elif text.startswith(quote + hashes, index):
            return index + len(quote) + len(hashes), parts
        else:
            index += 1
    return len(text), parts


def closing(text, index):
    """The parenthesis that closes what is open at `index`, past the literals in between."""
    depth = 1
    while index < len(text):
        opening = OPENING.match(text, index)
        if opening:
            index, _ = string_end(text, opening.end(), opening[1], opening[2])
            continue
        if text[index] in "([{":
            depth += 1
        elif text[index] in ")]}":
            depth -= 1
            if depth == 0:
                return index
        index += 1
    return len(text)


def split(masked, start, end, separator):
    """The pieces between separators that stand in no brackets, as (start, end)."""
    pieces, depth, begin = [], 0, start
    for at in range(start, end):
        if masked[at] in "([{":
            depth += 1
        elif masked[at] in ")]}":
            depth -= 1
        elif masked[at] == separator and depth == 0:
            pieces.append((begin, at))
            begin = at + 1
    return pieces + [(begin, end)]


class Source:
    """One file, and what its blocks are."""

    def __init__(self, path, text):
        self.path, self.text = path, text
        self.masked, self.literals = scan(text)
        # A module is the folder below Sources.
        parts = Path(path).parts
        at = len(parts) - 1 - parts[::-1].index("Sources") if "Sources" in parts else -1
        self.module = parts[at + 1] if at + 1 < len(parts) - 1 else ""
        self.is_whole = all(
            self.masked.count(a) == self.masked.count(b) for a, b in ("()", "[]", "{}"))
        self.blocks = self.find_blocks()
        self.imports_database = bool(
            re.search(r"^\s*(?:@\w+ )*(?:\w+ )?import (?:struct )?PostgreSQL\b", self.masked, re.M))

    def find_blocks(self):
        """All brace blocks as (start, end, head): the head is what stands before the brace."""
        blocks, stack = [], []
        for at, character in enumerate(self.masked):
            if character == "{":
                begin = max(self.masked.rfind(mark, 0, at) for mark in "{};")
                # A head may hold closures of its own; the keyword that matters is near.
                stack.append((at, self.masked[begin + 1:at]))
            elif character == "}" and stack:
                start, head = stack.pop()
                blocks.append((start, at, head))
        return sorted(blocks)

    def enclosing(self, place):
        """The blocks round a place, innermost first."""
        return [block for block in reversed(self.blocks) if block[0] < place < block[1]]

    def type_at(self, place):
        """The name of the type that a place is in; the innermost, without those round it."""
        for _, _, head in self.enclosing(place):
            name = type_name(head)
            if name:
                return name
        return ""

    def line(self, place):
        return self.text.count("\n", 0, place) + 1


def type_name(head):
    found = re.search(rf"\b(?:struct|enum|class|actor|extension|protocol)\s+((?:{NAME}\.)*{NAME})[^=()]*$", head)
    return found[1].split(".")[-1] if found else None


class Linter:
    """All files, with their constants, so that names can be looked up."""

    def __init__(self, files):
        self.sources = [Source(path, text) for path, text in files]
        # (module, type, name) -> (source, start, end) of the value.
        self.constants = {}
        # Type -> cases; and the module's stored properties that are StaticString.
        self.cases = {}
        self.static_strings = set()
        self.used = set()
        self.breaches = []
        # What a value can do is known in a whole module, once one of its files has imported where it comes from.
        self.modules = {"PostgreSQL"} | {
            source.module for source in self.sources if source.imports_database}
        for source in self.sources:
            self.collect(source)

    def collect(self, source):
        masked = source.masked
        pattern = rf"\bstatic\s+let\s+({NAME})\s*(?::\s*[\w.\[\]<>?]+\s*)?=|^(?:\w+ )?let\s+({NAME})\s*(?::\s*[\w.]+\s*)?="
        for found in re.finditer(pattern, masked, re.M):
            name = found[1] or found[2]
            if found[2] and source.enclosing(found.start()):
                continue
            self.constants[source.module, source.type_at(found.start()), name] = (
                source, found.end(), value_end(masked, found.end()))
        for found in re.finditer(rf"\blet\s+({NAME})\s*:\s*StaticString\b", masked):
            self.static_strings.add((source.module, source.type_at(found.start()), found[1]))
        for start, end, head in source.blocks:
            name = re.search(rf"\benum\s+({NAME})", head)
            if not name or type_name(head) != name[1]:
                continue
            for line in re.finditer(r"^\s*case\s+([^\n]*(?:,\s*\n[^\n]*)*)", masked[start:end], re.M):
                for piece in line[1].split(","):
                    case = re.match(rf"\s*`?({NAME})`?\s*(?:=.*)?$", piece)
                    if case:
                        self.cases.setdefault(name[1], set()).add(case[1])

    # MARK: - Looking

    def run(self):
        for source in self.sources:
            for found in LIBPQ.finditer(source.masked):
                self.libpq(source, found)
            if not source.is_whole:
                self.breach(source, 0, "its brackets do not match as this script reads them, so that it may overlook "
                            "something; right is a file without regular expressions between slashes")
            if source.module in self.modules:
                self.statements(source)
                self.executions(source)
        names = [source.path.replace("\\", "/") for source in self.sources]
        for (path, expression), _ in ALLOWED.items():
            there = [name for name in names if name.endswith("/" + path)]
            if there and (path, expression) not in self.used:
                self.breaches.append((there[0], 1, f"`{expression}` is allowed but no longer there; take it out of ALLOWED"))
        return sorted(self.breaches)

    def libpq(self, source, found):
        if source.module == "PostgreSQL" and source.path.endswith("Connection.swift"):
            return
        self.breach(source, found.start(), f"{found[0].rstrip('( ')} is called outside Connection; "
                    "right is a Statement, or execute for fixed text")

    def statements(self, source):
        masked = source.masked
        pattern = (r"(?<![\w.])Statement(?:\.init)?\s*\(|(?:->|:)\s*\[?Statement\]?\??\s*(?:=|\{)\s*\[?\s*\.init\s*\("
                   r"|(?<=PostgreSQL\.)Statement(?:\.init)?\s*\(")
        for found in re.finditer(pattern, masked):
            if re.search(r"\b(?:func|case)\s+$", masked[:found.start()]):
                continue
            end = closing_masked(masked, found.end())
            arguments = split(masked, found.end(), end, ",")
            # A Statement of another module has labels.
            if any(re.match(rf"\s*{NAME}\s*:", masked[a:b]) for a, b in arguments):
                continue
            for a, b in arguments:
                self.text(source, a, b, "a Statement's text")
        for found in re.finditer(r"\bStatement\.(?:init\b(?!\s*\()|self\b)", masked):
            self.breach(source, found.start(), f"{found[0]} is passed on, and what it is given cannot be seen; "
                        "right is Statement(name, sql)")

    def executions(self, source):
        masked = source.masked
        for found in re.finditer(r"(?:\.|(?<![\w.`]))execute\s*\(", masked):
            if re.search(r"\bfunc\s+$", masked[:found.start()]):
                continue
            if masked[found.start()] != "." and source.module != "PostgreSQL":
                continue
            self.text(source, found.end(), closing_masked(masked, found.end()), "what is executed")
        for found in re.finditer(r"\.execute\b(?!\s*[({])", masked):
            self.breach(source, found.start(), "execute is passed on, and what it is given cannot be seen; "
                        "right is to call it here")

    # MARK: - Judging

    def text(self, source, start, end, what, depth=0):
        """Tells of all that is no fixed text in an expression. Returns whether all of it is."""
        fixed = True
        for a, b in split(source.masked, start, end, "+"):
            piece = source.text[a:b].strip()
            if not piece:
                continue
            a = a + len(source.text[a:b]) - len(source.text[a:b].lstrip())
            literal = source.literals.get(a)
            if literal and literal.end == a + len(piece):
                for place, expression in literal.parts:
                    fixed = self.interpolation(source, place, expression.strip(), what, depth) and fixed
            else:
                fixed = self.interpolation(source, a, piece, what, depth, whole=True) and fixed
        return fixed

    def interpolation(self, source, place, expression, what, depth, whole=False):
        if self.allowed(source, expression) or self.is_constant(source, place, expression, depth):
            return True
        if depth == 0:
            how = "is" if whole else "has"
            self.breach(source, place, f"{what} {how} `{expression}`, which may be anything; {RIGHT}")
        return False

    def allowed(self, source, expression):
        path = source.path.replace("\\", "/")
        for key in ALLOWED:
            if key[1] == expression and path.endswith("/" + key[0]):
                self.used.add(key)
                return True
        return False

    def is_constant(self, source, place, expression, depth):
        if depth > 8:
            return False
        if re.fullmatch(r"-?[\d_]+", expression):
            return True
        raw = re.fullmatch(rf"(?:{NAME}\.)*({NAME})\.`?({NAME})`?\.rawValue", expression)
        if raw:
            return raw[2] in self.cases.get(raw[1], ())
        path = re.fullmatch(rf"(?:(?:{NAME}\.)*({NAME})\.)?({NAME})", expression)
        if not path:
            return False
        owner, name = path[1], path[2]
        if owner is None:
            local = self.local(source, place, name, depth)
            if local is not None:
                return local
        if owner in (None, "Self"):
            owner = source.type_at(place)
            if (source.module, owner, name) in self.static_strings:
                return True
        elif owner == "self":
            return (source.module, source.type_at(place), name) in self.static_strings
        modules = [source.module] + sorted({each.module for each in self.sources} - {source.module})
        for module in modules:
            for of in (owner, "") if path[1] is None else (owner,):
                if (module, of, name) in self.constants:
                    other, start, end = self.constants[module, of, name]
                    value = other.text[start:end].strip()
                    return bool(re.fullmatch(r"-?[\d_]+", value)) or self.text(
                        other, start, end, "", depth + 1)
        return False

    def local(self, source, place, name, depth):
        """Whether a name of a block round a place is fixed; None if no block has it, up to the type."""
        for start, _, head in source.enclosing(place):
            if type_name(head):
                return None
            before = source.masked[start:place]
            made = list(re.finditer(rf"\b(let|var)\s+{name}\s*(?::\s*([\w.]+)\s*)?(=)?", before))
            if made:
                last = made[-1]
                if last[1] == "let" and last[3]:
                    begin = start + last.end()
                    condition = re.search(r"\b(?:if|guard|while)\b[^{}\n]*$", source.masked[:start + last.start()])
                    if condition:
                        return False
                    return self.text(source, begin, value_end(source.masked, begin), "", depth + 1)
                return False
            if re.search(rf"\bin\s|\bfor\b", before) and re.search(
                    rf"\bfor\s+(?:case\s+let\s+)?\(?[^{{}}]*\b{name}\b[^{{}}]*\bin\b", before):
                return False
            if re.match(rf"\{{\s*(?:\[[^\]]*\]\s*)?\(?[^{{}}]*?\b{name}\b[^{{}}]*?\bin\b", before):
                return False
            # Bound by what heads the block: a parameter, a pattern, a loop's variable.
            bound = re.search(rf"[(,]\s*(?:{NAME}\s+)?{name}\s*:\s*(?:inout\s+)?([\w.\[\]?]+)", head)
            if bound and re.search(r"\b(?:func|init|subscript)\b", head):
                return bound[1] == "StaticString"
            if re.search(rf"\b(?:let|var|for|catch)\b[^=]*\b{name}\b", head):
                return False
        return None

    def breach(self, source, place, what):
        self.breaches.append((source.path, source.line(place), what))


def closing_masked(masked, index):
    depth = 1
    while index < len(masked):
        if masked[index] in "([{":
            depth += 1
        elif masked[index] in ")]}":
            depth -= 1
            if depth == 0:
                return index
        index += 1
    return len(masked)


def value_end(masked, start):
    """Where the value ends that begins after `=`: at a line's end outside brackets, unless the line goes on."""
    at = start
    while at < len(masked):
        if masked[at] in "([{":
            at = closing_masked(masked, at + 1)
        elif masked[at] in ")]}":
            return at
        elif masked[at] in ";,":
            return at
        elif masked[at] == "\n":
            before, after = masked[start:at].rstrip(), masked[at:].lstrip()
            if before and not before.endswith(("+", "=")) and not after.startswith(("+", ".", "?")):
                return at
        at += 1
    return at


def main(folders):
    files = [(str(path), path.read_text(encoding="utf-8"))
             for folder in folders for path in sorted(Path(folder).rglob("*.swift"))]
    if not files:
        print(f"no Swift file in {', '.join(folders) or 'nothing'}; right is: lint_sql.py Sources", file=sys.stderr)
        return 2
    breaches = Linter(files).run()
    for path, line, what in breaches:
        print(f"{path}:{line}: {what}")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
