from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0011_asked_ahead"),
    ]

    operations = [
        migrations.AddField(
            model_name="labelingjob",
            name="text_features",
            field=models.CharField(choices=[("words", "Words"), ("meaning", "Meaning")], default="words", max_length=7),
        ),
    ]
