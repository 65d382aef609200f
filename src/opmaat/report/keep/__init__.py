"""What do I keep: a table, a picture and a page for one household, each arm beside the ordinary rules."""
