"""Asset lists: untrusted CSV in, accepted rows and named refusals out, as a stream."""

from assetql.domain.asset_list.limits import ListLimits, Refusal, RowDefaults
from assetql.domain.asset_list.reader import AssetListReader, read_asset_list

__all__ = ["AssetListReader", "ListLimits", "Refusal", "RowDefaults", "read_asset_list"]
