"""Reorganizations: create, rename, change, move, merge, split and dissolve organizations on a day.

`plans` says what is to be done, `obstacles` what stands in its way, `work` what becomes of
assignments and tasks, `trail` which rows were changed by it, `showing` says that in words, and
`undoing` puts it back. assignments/services/reorganizing.py does the whole.
"""
