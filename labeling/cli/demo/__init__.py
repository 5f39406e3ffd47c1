"""The sample project: small jobs whose files are made at set-up from what is installed and what stands here."""

from labeling.cli.demo.build import SampleJob, build_sample

__all__ = ["SampleJob", "build_sample"]
