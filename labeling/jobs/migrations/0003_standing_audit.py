import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_proposals_and_glance")]

    operations = [
        migrations.CreateModel(
            name="StandingAudit",
            fields=[
                (
                    "certificate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="jobs.certificate",
                    ),
                ),
                ("drawn", models.PositiveIntegerField(default=0)),
                ("answered", models.PositiveIntegerField(default=0)),
                ("wrong", models.PositiveIntegerField(default=0)),
                ("alarm_at", models.DateTimeField(blank=True, null=True)),
                ("alarm_answered", models.PositiveIntegerField(default=0)),
                ("alarm_wrong", models.PositiveIntegerField(default=0)),
                ("sent_back", models.PositiveIntegerField(default=0)),
                ("answers_back", models.PositiveIntegerField(default=0)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="labelingjob",
            constraint=models.CheckConstraint(
                condition=Q(audit_share__gte=0, audit_share__lte=1), name="job_audit_share_a_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingaudit",
            constraint=models.CheckConstraint(
                condition=Q(wrong__lte=F("answered"), answered__lte=F("drawn")), name="standing_counts_nest"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingaudit",
            constraint=models.CheckConstraint(
                condition=Q(alarm_at__isnull=False) | Q(settled_at__isnull=True, sent_back=0, answers_back=0),
                name="standing_sends_back_on_alarm",
            ),
        ),
    ]
