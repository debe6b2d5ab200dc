"""Search on AWS: segments in S3, written as assets change and held in memory by who searches."""

from assetql.adapters.aws.index.store import SegmentIndex

__all__ = ["SegmentIndex"]
