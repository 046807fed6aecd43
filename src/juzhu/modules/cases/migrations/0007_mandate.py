"""A case may be applied for by a relative or friend, under a mandate."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_rechecks"), ("mandates", "0001_tables")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="mandate",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="mandates.mandate",
            ),
        ),
    ]
