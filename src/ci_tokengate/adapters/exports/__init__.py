"""Files for other programs: Parquet, CSV, metrics, and the places they go to."""
