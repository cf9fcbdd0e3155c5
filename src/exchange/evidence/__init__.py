"""Finds the passages of a brief, and checks that what a turn cites exists and says what is quoted."""
