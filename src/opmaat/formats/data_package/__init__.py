"""Tables as a data package: CSV and Parquet files beside one file that says what is in them."""
