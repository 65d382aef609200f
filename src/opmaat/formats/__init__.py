"""Bytes to rows: reading CSV, Parquet and SPSS files into tables that know where each cell stands."""
