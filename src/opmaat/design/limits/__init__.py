"""What the law allows an experiment: a framework is a file of rules, held against a protocol."""
