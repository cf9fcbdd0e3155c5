"""What is known of a hypothesis, as lines."""
