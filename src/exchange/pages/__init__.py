"""The read side: pages in, related hypotheses out."""
