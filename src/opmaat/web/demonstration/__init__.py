"""A filled installation of made-up people, to try the website with."""
