"""Pages of ratings and of the year end, by what they show."""
