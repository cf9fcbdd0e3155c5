"""The nouns of Exchange: frozen records without input or output, and the protocols that floors share."""
