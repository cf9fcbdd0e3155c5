"""The marks that authors write into Markdown: `{{exchange:related}}`, alone in its paragraph, and `{{hypothesis:h-…}}`."""

import re

RELATED = re.compile(r"\{\{\s*exchange:related(?::\s*(?P<slug>[^\s{}]+))?\s*\}\}")
HYPOTHESIS = re.compile(r"\{\{\s*hypothesis:\s*(?P<id>[^\s{}]+)\s*\}\}")
