"""Short dates in lists: 26 nov 2026. Named in templates as Django names them, never spelled out."""

SHORT_DATE_FORMAT = "j b Y"
MONTH_DAY_FORMAT = "j b"
SHORT_DATETIME_FORMAT = "j b Y H.i"
