"""Every text of the report is asked for somewhere; the others are dead."""

import ast
import re
from pathlib import Path

from opmaat import pages, report
from opmaat.conduct import exits
from opmaat.conduct.harms import Harm
from opmaat.evaluate import estimate
from opmaat.evaluate import model as evaluate_model
from opmaat.pages.wording import load_wording
from opmaat.protocol import analyses, arms, assignment, data, population
from opmaat.protocol import model as protocol_model
from opmaat.report.view import report_wording
from opmaat.stats import design_matrix, error_kinds

ROOM = Path(report.__file__).parent
STUDIES = Path(__file__).parents[3] / "studies"
TYPES = (
    exits,
    analyses,
    arms,
    assignment,
    data,
    population,
    protocol_model,
    evaluate_model,
    design_matrix,
    error_kinds,
)


def words_of_types():
    """Return every word that a type of the protocol or of the estimates allows."""
    sources = [Path(module.__file__).read_text(encoding="utf-8") for module in TYPES]
    listed = [found for source in sources for found in re.findall(r"Literal\[([^\]]*)\]", source)]
    codes = {code.replace(" ", "_") for code in codes_of_studies()}
    return {word for words in listed for word in re.findall(r'"([^"]*)"', words)} | {*Harm} | codes


def codes_of_studies():
    """Yield every level of a covariate, and condition of a bonus, that a study in this repository names."""
    for file in STUDIES.glob("*/protocol.yaml"):
        text = file.read_text(encoding="utf-8")
        yield from re.findall(r"condition: (\w+)", text)
        for values in re.findall(r"values: \{([^}]*)\}", text):
            yield from re.findall(r": ([\w ]+)", values)


def patterns():
    """Yield a pattern for every key in the source; what is filled in is a word that source or types know."""
    modules = [
        file
        for file in [
            *ROOM.glob("*.py"),
            *ROOM.glob("sections/*.py"),
            *ROOM.glob("figures/*.py"),
            *ROOM.glob("course/*.py"),
        ]
        if "files" not in file.name
    ]
    nodes = [node for file in modules for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    templates = [
        *(ROOM / "templates").glob("*.j2"),
        *(Path(pages.__file__).parent / "templates").glob("*.j2"),
    ]
    template = "".join(file.read_text(encoding="utf-8") for file in templates)
    nodes += ast.walk(ast.parse(Path(estimate.__file__).read_text(encoding="utf-8")))
    words = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    words |= set(re.findall(r"'([^']*)'", template)) | words_of_types()
    known = {word for word in words if re.fullmatch(r"[\w.-]+", word)}
    filled = (
        "(?:" + "|".join(sorted(re.escape(w) for w in known | {w.replace("-", "_") for w in known})) + ")?"
    )
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            yield "".join(re.escape(p.value) if isinstance(p, ast.Constant) else filled for p in node.values)
    yield from (re.escape(word) for word in known)
    for ending in re.findall(r"\w+ ~ '(\.\w+)'", template):
        yield filled + re.escape(ending)
    for opening, ending in re.findall(r"'(\w+\.)' ~ \w+(?: ~ '(\w+)')?", template):
        yield re.escape(opening) + filled + ending


def texts_of_the_room():
    """Return the keys of the texts of reports, and of the course in them."""
    return [key for key in report_wording("en").texts if key not in load_wording("en").texts]


def test_every_text_is_asked_for():
    asked = [re.compile(pattern) for pattern in set(patterns())]
    keys = [*texts_of_the_room(), "effects.primary", "page.unknown_municipality", "draw.lottery"]
    unused = [
        key for key in keys if not any(pattern.fullmatch(key.removesuffix("_one")) for pattern in asked)
    ]
    assert unused == keys[-3:], "the last three are no texts, and show that a dead one is found"
