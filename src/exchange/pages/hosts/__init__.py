"""Doors into the programs that host pages: Jinja2, markdown-it, MkDocs, Sphinx with MyST. None of them is loaded by another."""
