"""Programmes, places and organisations as tables: out as a file, and back with everything in it that changed.

`sheets` says which columns there are, `preview` what a table would change, `saving` saves it whole or not at all.
"""
