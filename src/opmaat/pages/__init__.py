"""Pages: what every page is made of, whatever it is about: words, numbers, tables, figures, templates."""
