from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0010_tools_and_notes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dataobject",
            name="drawn_for",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "none"),
                    ("calibration", "Calibration"),
                    ("training", "Training"),
                    ("ahead", "Ahead"),
                    ("audit-1", "Audit 1"),
                    ("audit-2", "Audit 2"),
                    ("standing", "Standing"),
                    ("rest", "Rest"),
                ],
                default="",
                max_length=12,
            ),
        ),
    ]
