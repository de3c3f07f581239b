"""The version of posture: what the build, the reports and the batches go by."""

__version__ = "1.0.0"
