from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0009_video"),
    ]

    operations = [
        migrations.AddField(
            model_name="labelingjob",
            name="tools",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="label",
            name="notes",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
