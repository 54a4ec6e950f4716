"""PostgreSQL without setting one up, for development, tests and the demo; never for production.

`ENGINE = "portal.embedded"` is Django's own PostgreSQL backend, only that the first connection starts a
server of this checkout's own, and the last process to leave stops it. See `server.py`.
"""
