"""Who may sign in, as what, and what each role may do."""
