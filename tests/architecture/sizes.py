"""Print how large things are beside what we aim for. It reports; it does not fail."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src/opmaat"
LINES_PER_FUNCTION, NESTING, LINES_PER_FILE, FILES_PER_FOLDER = 30, 3, 400, 12
NESTS = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.Match)


def code_lines(function, source):
    """Count lines with code: no docstring, comment or empty line."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    used = {line for node in body for line in range(node.lineno, node.end_lineno + 1)}
    return sum(
        1 for line in used if source[line - 1].strip() and not source[line - 1].strip().startswith("#")
    )


def depth(node, level=0):
    """Return how deep blocks stand in blocks; an elif does not count as one."""
    deepest = level
    for child in ast.iter_child_nodes(node):
        inner = isinstance(child, NESTS) and not (isinstance(node, ast.If) and child in node.orelse)
        deepest = max(deepest, depth(child, level + inner))
    return deepest


def measure():
    functions, files = [], {}
    for file in sorted(SOURCE.rglob("*.py")):
        source = file.read_text(encoding="utf-8").splitlines()
        files[file] = len(source)
        for node in ast.walk(ast.parse("\n".join(source))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                place = f"{file.relative_to(SOURCE)}:{node.lineno} {node.name}"
                functions.append((code_lines(node, source), depth(node), place))
    return functions, files


def main():
    functions, files = measure()
    short = sum(lines <= LINES_PER_FUNCTION for lines, _, _ in functions)
    flat = sum(level <= NESTING for _, level, _ in functions)
    print(
        f"functions up to {LINES_PER_FUNCTION} lines of code: {100 * short / len(functions):.1f}% (aim 95%)"
    )
    print(f"functions nested at most {NESTING} deep: {100 * flat / len(functions):.1f}%")
    for lines, _, place in sorted(functions, reverse=True)[:5]:
        print(f"  {lines:4d} lines  {place}")
    long = [(lines, file) for file, lines in files.items() if lines > LINES_PER_FILE]
    print(f"files over {LINES_PER_FILE} lines: {len(long)}")
    for lines, file in sorted(long, reverse=True):
        print(f"  {lines:4d} lines  {file.relative_to(SOURCE)}")
    folders = {folder: len(list(folder.glob("*.py"))) for folder in {file.parent for file in files}}
    for folder, count in sorted(folders.items()):
        if count > FILES_PER_FOLDER + 1:
            print(f"  {count:4d} files in {folder.relative_to(SOURCE)} (aim {FILES_PER_FOLDER} and __init__)")


if __name__ == "__main__":
    main()
