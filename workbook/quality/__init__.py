"""The board of data quality: what is likely wrong in the records, and how each is put right."""
