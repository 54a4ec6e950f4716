from django.db import migrations, models
from django.db.models.functions import Lower

SMALL = "UPDATE partners_user SET email = lower(email) WHERE email <> lower(email)"


class Migration(migrations.Migration):
    dependencies = [("partners", "0016_rules")]

    operations = [
        migrations.RunSQL(SMALL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", Lower("email"))), name="user_email_in_small_letters"
            ),
        ),
    ]
