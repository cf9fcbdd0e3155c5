"""The debate: its rules, its questions, its moves, and the graph that joins them. It knows neither store nor models."""
