import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0006_your_own_model"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DoubtCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verdict", models.CharField(choices=[("right", "Right"), ("wrong", "Wrong")], max_length=5)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="task",
            name="task_once_per_purpose",
        ),
        migrations.AddField(
            model_name="label",
            name="voice",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="jobs.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="label",
            name="voice_decided",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="labelingjob",
            name="model_voice",
            field=models.BooleanField(default=True),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "review"), _negated=True),
                fields=("data_object", "purpose", "frames_from", "frames_to"),
                name="task_once_per_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "review"), models.Q(("state", "closed"), _negated=True)),
                fields=("data_object", "frames_from", "frames_to"),
                name="task_one_open_review",
            ),
        ),
        migrations.AddField(
            model_name="doubtcheck",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="doubtcheck",
            name="job",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="doubt_checks", to="jobs.labelingjob"
            ),
        ),
        migrations.AddField(
            model_name="doubtcheck",
            name="label",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="checks", to="jobs.label"
            ),
        ),
        migrations.AddField(
            model_name="doubtcheck",
            name="model_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.modelversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="doubtcheck",
            constraint=models.UniqueConstraint(fields=("label",), name="doubt_check_once"),
        ),
        migrations.AddConstraint(
            model_name="doubtcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["right", "wrong"])), name="doubt_check_verdict_known"
            ),
        ),
    ]
