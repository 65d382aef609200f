"""The settlement of a household's month: norm, disregard, benefit, duties, and the reasons for each."""
