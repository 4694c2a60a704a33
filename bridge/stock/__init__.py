"""Lists of photos as stock agencies take them: ordered keywords within their limits, a row a photo. Pure."""

from bridge.stock.agencies import AGENCIES, Agency
from bridge.stock.rows import StockPhoto, lacks, ordered_keywords, row

__all__ = ["AGENCIES", "Agency", "StockPhoto", "lacks", "ordered_keywords", "row"]
