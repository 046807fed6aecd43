from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0001_tables"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="delivery",
            options={"verbose_name": "推送提醒", "verbose_name_plural": "推送提醒"},
        ),
        migrations.AlterModelOptions(
            name="target",
            options={"verbose_name": "接收地址", "verbose_name_plural": "接收地址"},
        ),
    ]
