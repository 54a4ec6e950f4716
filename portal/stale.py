"""What is raised when two people change one record: the second is told, and loses nothing."""


class StaleObject(Exception):
    """Somebody else changed the record in the meantime."""
