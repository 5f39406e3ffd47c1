from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_model_background")]

    operations = [
        migrations.AddField("labelingjob", "promise_per_class", models.BooleanField(default=False)),
        migrations.AddField("labelingjob", "people_error", models.FloatField(blank=True, null=True)),
        migrations.AddField("certificate", "people", models.JSONField(default=dict)),
        migrations.AddField("certificate", "classes", models.JSONField(default=list)),
        migrations.AddField("standingaudit", "share", models.FloatField(blank=True, null=True)),
        migrations.AddField("standingaudit", "by_class", models.JSONField(default=dict)),
        migrations.AddField("standingaudit", "alarm_class", models.PositiveSmallIntegerField(blank=True, null=True)),
        migrations.AddConstraint(
            model_name="labelingjob",
            constraint=models.CheckConstraint(
                condition=Q(people_error__isnull=True) | Q(people_error__gte=0, people_error__lt=0.5),
                name="job_people_error_below_half",
            ),
        ),
    ]
