"""What a shown number rests on, followed from row to row."""
