"""The report's sections: each module turns a view of the study into what its section shows."""
