"""Translations are compiled before the first test: path words come from them."""

from portal.texts import compile_texts


def pytest_configure(config):
    compile_texts()
