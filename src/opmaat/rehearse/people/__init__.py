"""The made-up people of a rehearsal: their chance, who they are, and what a register says of them."""
