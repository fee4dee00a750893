"""Short dates in lists: 26 Nov 2026, for English writes its months with a capital."""

SHORT_DATE_FORMAT = "j M Y"
MONTH_DAY_FORMAT = "j M"
SHORT_DATETIME_FORMAT = "j M Y H:i"
