"""Many rehearsals without files: one replication, the truth, and the diagnosis of a plan."""
