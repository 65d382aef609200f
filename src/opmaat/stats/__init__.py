"""Numbers on arrays: estimators, covariances, intervals and tests that know no domain word."""
