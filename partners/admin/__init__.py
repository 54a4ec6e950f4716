from . import organisations, people

__all__ = ["organisations", "people"]
