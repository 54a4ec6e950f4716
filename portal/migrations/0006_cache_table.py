from django.db import migrations


class Migration(migrations.Migration):
    """The table in which rate limits are counted (django.core.cache.backends.db)."""

    dependencies = [("portal", "0005_narrow_entries")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE portal_cache (
                cache_key varchar(255) NOT NULL PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX portal_cache_expires ON portal_cache (expires);
            """,
            "DROP TABLE portal_cache;",
        )
    ]
