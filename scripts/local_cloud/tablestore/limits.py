"""The limits of the wide-column model that the stand-in enforces.

Source: Tablestore documentation, "Limits on the wide column model" and the API pages of
BatchGetRow, BatchWriteRow and GetRange; for COLUMNS_TO_GET, where those pages say 128, the Java
and PHP clients' tests. Sizes are bytes.
"""

PRIMARY_KEY_COLUMNS = 4
PRIMARY_KEY_VALUE = 1024
COLUMN_VALUE = 2 * 1024 * 1024
COLUMN_NAME = 255
TABLE_NAME = 255
TABLES = 64
DEFINED_COLUMNS = 32
COLUMNS_IN_WRITE = 1024
COLUMNS_TO_GET = 1024
CONDITIONS = 32
ROWS_IN_BATCH_GET = 100
ROWS_IN_BATCH_WRITE = 200
REQUEST_DATA = 4 * 1024 * 1024
REQUEST_BODY = 5 * 1024 * 1024
ROWS_IN_RANGE = 5000
RANGE_DATA = 4 * 1024 * 1024
CAPACITY_UNIT = 4096
MIN_TIME_TO_LIVE = 86_400
TIMESTAMPS = range((2**63 - 1) // 1000)
INTEGERS = range(-(2**63), 2**63)
CLOCK_DIFFERENCE = 15 * 60
STREAM_HOURS = range(1, 169)
THROUGHPUT_INTERVAL = 120  # seconds between two adjustments; the page on UpdateTable
