"""When a partner learnt of a person, by the clock that also numbers events; who is new to the feed."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="known",
            name="noted_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name="known",
            name="introduced",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddIndex(
            model_name="known",
            index=models.Index(
                condition=models.Q(("introduced", False)),
                fields=["partner"],
                name="partners_known_new",
            ),
        ),
    ]
