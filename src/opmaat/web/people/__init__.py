"""Who people are: the only place with names, addresses and numbers, encrypted."""
