"""Forms of roll-ups and of the year end, by what they enter."""
