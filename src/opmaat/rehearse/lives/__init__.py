"""The lives of made-up people: joining, working, leaving benefit, answering, month by month."""
