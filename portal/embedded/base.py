"""The database backend `portal.embedded`: Django's PostgreSQL, on a server that starts by itself."""

from django.db.backends.postgresql import base, client

from .server import DATABASE, OWNER, PORT, server


def address() -> dict:
    """Where the running server is found, as the keys of Django's database settings."""
    return {"HOST": server.ensure(), "PORT": str(PORT), "USER": OWNER}


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell`, with the server's own psql: the machine may have none."""

    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict, parameters):
        args, env = super().settings_to_cmd_args_env({**settings_dict, **address()}, parameters)
        return [str(server.programs.path("psql")), *args[1:]], env


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_connection_params(self):
        where = {key.lower(): value for key, value in address().items()}
        return {**super().get_connection_params(), **where}

    def get_new_connection(self, conn_params):
        """Connect; once more after looking whether the server died or the database was never made."""
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            server.recover()
            if conn_params["dbname"] == DATABASE:
                self._create_database(conn_params)
            return super().get_new_connection(conn_params)

    def _create_database(self, conn_params):
        with (
            server.exclusively(),  # or two processes would both find it missing, and one of them fail
            self.Database.connect(**{**conn_params, "dbname": "postgres"}, autocommit=True) as connection,
        ):
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
