"""The sentences of a page, read from its Markdown file, one section a heading; and how numbers are written in them."""

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parents[1] / "text"


@lru_cache(maxsize=32)
def words(page: str, language: str = "en") -> MappingProxyType[str, str]:
    """Heading to text of text/LANGUAGE/PAGE.md. A heading that is not there is a KeyError: a test looks for those."""
    sections: dict[str, str] = {}
    for part in (FOLDER / language / f"{page}.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, _, body = part.partition("\n")
        sections[heading.strip()] = body.strip()
    return MappingProxyType(sections)


def percent(score: float) -> str:
    """0.973 to 97 %."""
    return f"{score:.0%}".replace("%", " %")
