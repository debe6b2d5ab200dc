"""Packages: assets laid out for an engine or a platform, in one deterministic ZIP."""

from assetql.pipeline.packaging.package import PackageSummary, write_package

__all__ = ["PackageSummary", "write_package"]
