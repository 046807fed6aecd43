from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0004_follows_from"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="partner",
            options={"verbose_name": "使用部门", "verbose_name_plural": "使用部门"},
        ),
        migrations.AlterModelOptions(
            name="partnerchange",
            options={"verbose_name": "操作记录", "verbose_name_plural": "操作记录"},
        ),
        migrations.AlterModelOptions(
            name="partnergrant",
            options={"verbose_name": "用途授权", "verbose_name_plural": "用途授权"},
        ),
        migrations.AlterModelOptions(
            name="partnerkey",
            options={"verbose_name": "公钥", "verbose_name_plural": "公钥"},
        ),
        migrations.AlterModelOptions(
            name="usage",
            options={"verbose_name": "调用量", "verbose_name_plural": "调用量"},
        ),
    ]
