"""What an experiment can show, before anyone is invited: a protocol in, a plan out."""
